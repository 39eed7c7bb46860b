// What core.slow.test.ts bundles and runs: tfjs-core's own tests on this backend. The order matters: the backend first, then what
// adds methods and gradients to tfjs-core's classes, then the environment, then the tests.

import '@tensorflow/tfjs-backend-webgpu';
import '../../src/index.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { setTestEnvs, setupTestFilters } from '@tensorflow/tfjs-core/dist/jasmine_util';

// tfjs's own tests of this backend leave it to the GPU, too, what is small enough for the processor.
const flags = { WEBGPU_CPU_FORWARD: false };
setTestEnvs([{ name: 'webgpu', backendName: 'webgpu', isDataSync: false, flags }]);
// The only tests left out start a worker of their own from a file that tfjs's package doesn't contain.
setupTestFilters([], (name) => !name.includes('computation in worker'));
// Not an import, which would be moved to the top.
require('@tensorflow/tfjs-core/dist/tests');
