export { type Changes, withChanges } from './changes.js';
export { type Classification, type ClassifyOptions, classify, classifyAll } from './classify.js';
export {
  parseRunConfig,
  type RunConfig,
  runConfigSchema,
  type StartingWeights,
  type Training,
} from './config.js';
export { configure, type Normalization, type Overrides, type Recipe } from './configure.js';
export { type EmbedOptions, embedAll } from './embed.js';
export { RunsError, type RunsErrorCode, type RunsProblem } from './error.js';
export { type FindRateOptions, findRate } from './findRate.js';
export { fiveCrops } from './fiveCrops.js';
export { headAlone } from './headAlone.js';
export { batchesOf, fitDataset, inputOf, type RunData, runData, type TaskInput, taskInput } from './input.js';
export { type Judgement, judge, judgementOf } from './judge.js';
export { decodeModel, encodeModel, isModelFile, modelFacts } from './modelFile.js';
export { type ModelFacts, restoreModel } from './network.js';
export type { OptimizerOverrides } from './optimizers.js';
export { epochsWithin, measurePace, type Pace, type PaceOptions, secondsOf } from './pace.js';
export {
  findParting,
  type Parting,
  type PartingOptions,
  type PartingRun,
} from './parting.js';
export { requirePieces } from './pieces.js';
export { type Run, type RunOptions, resumeRun, startRun } from './run.js';
export { heldOutOf, type RunParts, runParts } from './runParts.js';
export type { ScheduleValue } from './schedules.js';
export type { StageFigures, StagesEvent } from './stages.js';
export type { TrainingOverrides } from './trainingOverrides.js';
export {
  type ComparedState,
  differenceOfStates,
  differencesOf,
  type RecordDifference,
  type StateDifference,
  type StepsVerification,
  type VerificationEvent,
  type VerifyOptions,
  verifyBetween,
  verifyRun,
} from './verify.js';
export {
  finiteTensors,
  fitNetwork,
  type LoadWeightsOptions,
  loadWeights,
  type NetworkFacts,
  streamModel,
  type WeightsToStart,
} from './weights.js';
