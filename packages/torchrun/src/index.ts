export { type ArchitectureFile, architectureOf, type LayerRow } from './architecture.js';
export { TorchrunError, type TorchrunErrorCode, type TorchrunProblem } from './error.js';
export type { NextStep } from './nextStep.js';
export type { ArrayFacts } from './node/npyFile.js';
export { type HandedOver, type ScaleOutOptions, scaleOut } from './node/scaleOut.js';
export { requireSupported } from './supported.js';
