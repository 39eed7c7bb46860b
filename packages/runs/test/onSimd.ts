import { configureSimd } from '@residual/backend-simd';
import * as tf from '@tensorflow/tfjs-core';

// Importing this makes `simd` the backend. One thread: several wait for each other, which takes long beside other tests.
configureSimd({ threads: 1 });
if (!(await tf.setBackend('simd'))) throw new Error('The tests need the simd backend.');
