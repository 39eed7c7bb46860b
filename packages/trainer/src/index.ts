export { type Checkpoint, decodeCheckpoint, weightsOf } from './checkpoint.js';
export { bestCheckpoint, checkpointName, latestCheckpoint, readCheckpoint } from './checkpoints.js';
export type { CheckpointPolicy } from './checkpointWriter.js';
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
export { type Classifier, type Evaluation, evaluate } from './evaluate.js';
export type {
  Best,
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  EpochRecord,
  History,
  Position,
  StartEvent,
  StepEvent,
  TrainEvent,
  WarningEvent,
} from './events.js';
export type { Json } from './json.js';
export { type Sgd, type SgdOptions, sgd } from './optimizer.js';
export type { TrainOptions } from './options.js';
export {
  confusionMatrix,
  type Prediction,
  type Predictions,
  predictions,
  worstMistakes,
} from './predictions.js';
export { constant, cosine, oneCycle, type Schedule, type WarmupOptions } from './schedule.js';
export { type CheckpointStorage, memoryStorage } from './storage.js';
export { train } from './train.js';
export { type Callbacks, type EventListener, Trainer, type TrainerOptions } from './trainer.js';
