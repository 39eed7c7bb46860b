export { BATCH_FREE_PICTURES, checkBatchFree } from './batchFree.js';
export type { ConformanceCase } from './case.js';
export { describeConformance, type TestFramework } from './describe.js';
export { ConformanceError, type ConformanceErrorCode, type ConformanceProblem } from './error.js';
export { kernelNames } from './kernels.js';
export type { ConformanceOptions } from './options.js';
export { type ConformanceResult, runConformance } from './run.js';
export { conformanceCases } from './suite.js';
