import '@tensorflow/tfjs-backend-webgpu';
import { registerWebgpu } from './factory.js';
import { registerKernels } from './kernels.js';

registerKernels();
registerWebgpu();

export { TrainingBackend } from './backend.js';
export { webgpu } from './candidate.js';
export { createBackend } from './createBackend.js';
export { WebgpuError, type WebgpuErrorCode, type WebgpuProblem } from './error.js';
export { ACTIVATIONS, configureWebgpu, type WebgpuOptions } from './options.js';
export { recoverDevice } from './recoverDevice.js';
