import '@residual/backend-simd';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('simd');
await import('./gradients.js');
if (tf.getBackend() !== 'simd') throw new Error(`expected to have run on simd, was ${tf.getBackend()}`);
