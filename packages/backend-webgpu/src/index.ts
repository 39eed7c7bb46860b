import { findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import { backendFactory } from './candidate.js';
import { registerKernels } from './registerKernels.js';

registerKernels();
// tfjs's own factory asks for 8 storage buffers and fails with a bare TypeError where there is no adapter.
if (findBackendFactory('webgpu') !== null && findBackendFactory('webgpu') !== undefined)
  removeBackend('webgpu');
registerBackend('webgpu', backendFactory, 3);

export { TrainingBackend } from './backend.js';
export { webgpu } from './candidate.js';
export { createBackend } from './createBackend.js';
export { WebgpuError, type WebgpuErrorCode } from './error.js';
