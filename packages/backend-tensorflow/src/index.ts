import { registerBackend } from '@tensorflow/tfjs-core';
import { createBackend } from './createBackend.js';
import { isRegistered } from './node/load.js';
import { registerKernels } from './registerKernels.js';

if (isRegistered()) registerKernels();
// Below the priority of tfjs-node itself: importing this package alone chooses nothing.
else registerBackend('tensorflow', () => createBackend(), 1);

export type { Addon, AddonAttribute, Handle, TensorflowBackend } from './addon.js';
export { tensorflow, tensorflowCandidate } from './candidate.js';
export { createBackend } from './createBackend.js';
export { diagnose } from './diagnosis/diagnose.js';
export type { Diagnosis, DiagnosisCode, Fault } from './diagnosis/fault.js';
export { TensorflowError, type TensorflowErrorCode } from './error.js';
export type { Attempt, Findings, Gpu, Installation } from './findings.js';
export { gather } from './node/gather.js';
export { isUsingGpu } from './node/load.js';
export { type SetupOptions, type SetupResult, setupTensorflow } from './node/setup.js';
export { configureTensorflow, type TensorflowOptions } from './options.js';
