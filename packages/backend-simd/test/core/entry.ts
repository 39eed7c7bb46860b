// What core.slow.test.ts bundles and runs: tfjs-core's own tests on this backend. The order matters: the backend first, then what
// adds methods and gradients to tfjs-core's classes, then the environment, then the tests.

import '../../src/index.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { setTestEnvs, setupTestFilters } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { configureSimd } from '../../src/index.js';

configureSimd({ threads: Number(process.env.THREADS), poisonFreedMemory: process.env.POISON === '1' });
setTestEnvs([{ name: 'simd', backendName: 'simd', isDataSync: true }]);
// The only tests left out start a worker of their own from a file that tfjs's package doesn't contain.
setupTestFilters([], (name) => !name.includes('computation in worker'));
// Not an import, which would be moved to the top.
require('@tensorflow/tfjs-core/dist/tests');
