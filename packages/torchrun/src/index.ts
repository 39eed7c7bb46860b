export { type ArchitectureFile, architectureOf, type LayerRow } from './architecture.js';
export { TorchrunError, type TorchrunErrorCode, type TorchrunProblem } from './error.js';
export type { NextStep } from './nextStep.js';
export type { ArrayFacts } from './npyFile.js';
export { type HandedOver, type ScaleOutOptions, scaleOut } from './scaleOut.js';
export { requireSupported } from './supported.js';
