export type { Json } from '@residual/data';
export {
  type Checkpoint,
  decodeCheckpoint,
  namedTensors,
  weightsOf,
} from './checkpoint/checkpoint.js';
export {
  bestCheckpoint,
  checkpointName,
  latestCheckpoint,
  readCheckpoint,
  storedSteps,
} from './checkpoint/checkpoints.js';
export { digest } from './checkpoint/digest.js';
export { hashState } from './checkpoint/hashState.js';
export type { CheckpointPolicy } from './checkpoint/writer.js';
export {
  type BatchSource,
  type PictureData,
  type PictureDataOptions,
  type PictureInputOptions,
  type Prepare,
  pictureData,
  pictureInput,
  type TrainingData,
} from './data.js';
export { TrainerError, type TrainerErrorCode, type TrainerProblem } from './error.js';
export {
  type Best,
  type CheckpointEvent,
  type EndEvent,
  type EpochEvent,
  type EpochRecord,
  type History,
  type Position,
  recordOf,
  type StartEvent,
  type StateHash,
  type StepEvent,
  type StochasticAverage,
  type TrainEvent,
  type WarningEvent,
} from './events.js';
export {
  type FindLearningRateOptions,
  findLearningRate,
  type RatePoint,
  type RateRange,
} from './findLearningRate.js';
export {
  balancedAccuracy,
  type ClassFigures,
  type Confusion,
  classFigures,
  mostConfused,
  topAccuracy,
} from './judge/classFigures.js';
export { comparePredictions, type PairedComparison } from './judge/comparison.js';
export {
  type Classifier,
  type Evaluation,
  evaluate,
  type Judged,
  type JudgeOptions,
} from './judge/evaluate.js';
export { mirrored } from './judge/mirrored.js';
export { piecewise } from './judge/piecewise.js';
export {
  confusionMatrix,
  type Prediction,
  type Predictions,
  predictions,
  worstMistakes,
} from './judge/predictions.js';
export { wilsonInterval } from './judge/wilsonInterval.js';
export type { MayDiffer, TrainOptions } from './options.js';
export { type JsonDifference, jsonDifferences, otherBits } from './run/runFacts.js';
export { type StepValue, stepValues } from './run/stepValues.js';
export {
  type CosineRestartsOptions,
  cosine,
  cosineRestarts,
  type OneCycleCosineOptions,
  oneCycle,
  oneCycleCosine,
} from './schedule/curves.js';
export { type PlateauOptions, plateau } from './schedule/plateau.js';
export {
  type CosineOptions,
  type Schedule,
  scheduleDefaults,
  type WarmupOptions,
} from './schedule/schedule.js';
export { schedules } from './schedule/schedules.js';
export {
  constantRate,
  type MultiStepOptions,
  multiStep,
  type StepOptions,
  stepwise,
  type WarmUpStableDecayOptions,
  warmUpStableDecay,
} from './schedule/steps.js';
export { type Adam, type AdamOptions, type AdamW, adam, adamw } from './step/adam.js';
export { type CrossEntropyOptions, crossEntropy, focal } from './step/crossEntropy.js';
export {
  type Lion,
  type LionOptions,
  lion,
  type RmsProp,
  type RmsPropOptions,
  rmsprop,
  type Sgd,
  type SgdOptions,
  sgd,
} from './step/descent.js';
export type { GroupOptions, ParameterGroup } from './step/groups.js';
export { type Lamb, type LambOptions, type Lars, type LarsOptions, lamb, lars } from './step/layerwise.js';
export { defineLoss, findLoss, type Loss, type LossDefinition, type Targets } from './step/loss.js';
export { cutmix, type Mix, mixup } from './step/mix.js';
export { type Muon, type MuonOptions, muon } from './step/muon.js';
export { defineOptimizer, type OptimizerDefinition, parseOptimizer } from './step/optimizers.js';
export type { Optimizer, OptimizerRule, RuleInput, RuleOutput } from './step/rule.js';
export { type Sam, type SamOptions, sam } from './step/sam.js';
export { optimizerDefaults } from './step/settings.js';
export { type TrainStep, type TrainStepOptions, trainStep } from './step/trainStep.js';
export { type CheckpointStorage, memoryStorage, type SealedFile } from './storage/storage.js';
export { train } from './train.js';
export { type Callbacks, type EventListener, Trainer, type TrainerOptions } from './trainer.js';
