/** What one epoch came to. Holds no wall-clock value: two equal runs have equal histories, to the bit. */
export interface EpochRecord {
  /** From 1. */
  epoch: number;
  /** How many steps the run had taken at the end of the epoch. */
  step: number;
  /** The mean over the epoch's examples, each seen with the weights of its own step. Includes label smoothing. */
  trainLoss: number;
  /** In [0, 1], likewise. */
  trainAccuracy: number;
  /** After the epoch, without label smoothing. Absent without validation data. */
  validationLoss?: number;
  /** In [0, 1]. */
  validationAccuracy?: number;
  /** Of the epoch's last step. */
  learningRate: number;
}

/** One record an epoch. */
export type History = EpochRecord[];

/** The epoch with the highest validation accuracy so far; of equal ones the first. */
export interface Best {
  epoch: number;
  step: number;
  validationAccuracy: number;
}

/** How far a run is. */
export interface Position {
  /** Steps taken. */
  step: number;
  /** The running epoch, from 1. */
  epoch: number;
  /** Batches taken in the running epoch. */
  batch: number;
}

export interface StartEvent {
  type: 'start';
  /** tfjs's name of the active backend. */
  backend: string;
  /** What it runs on, where the caller said so. */
  device?: string;
  /** Kernels, TensorFlow.js's own included, that a step or a validation runs as code which isn't the backend's: slow, if right. */
  referenceOps: string[];
  /** Why steps aren't recorded (`record`); absent where they are. */
  unrecorded?: string;
  /** How many numbers are trained. */
  parameters: number;
  maxEpochs: number;
  stepsPerEpoch: number;
  totalSteps: number;
  trainExamples: number;
  validationExamples: number;
  /** Where the run goes on; absent when it begins at the beginning. */
  resumedAt?: Position & Partial<Pick<StateHash, 'chain'>>;
}

/** After every `logEvery` steps, and after the last of an epoch. */
export interface StepEvent extends Position {
  type: 'step';
  /** The mean over the examples since the last step event. */
  loss: number;
  accuracy: number;
  learningRate: number;
  /** Examples since the last step event. */
  images: number;
  /** Seconds spent training on them: no waiting for them, no validation, no checkpoints, no time in the consumer. */
  seconds: number;
  /**
   * Seconds in which the steps waited for them to be read, or made. The share of its time that a step waits is
   * `waitSeconds / (seconds + waitSeconds)`.
   */
  waitSeconds: number;
  /** `images / (seconds + waitSeconds)` */
  imagesPerSecond: number;
  /** Why steps aren't recorded any more, where that has shown since the start. */
  unrecorded?: string;
}

export interface EpochEvent extends EpochRecord {
  type: 'epoch';
  /** Whether this is the best epoch so far. */
  isBest: boolean;
  /** Seconds spent on validation. */
  validationSeconds: number;
}

/** Its record: the event without what the clock says, so that equal runs have equal histories. */
export function recordOf({
  type: _,
  isBest: __,
  validationSeconds: ___,
  ...record
}: EpochEvent): EpochRecord {
  return record;
}

/** What a checkpoint's event says of its state. */
export interface StateHash {
  /** SHA-256 of the state: two runs that are equal to the bit have equal ones after equal steps, whatever computed them. */
  sha256: string;
  /** SHA-256 of the one before and of this state's: it stands for all of them, in their order. */
  chain: string;
}

export interface CheckpointEvent extends Position, StateHash {
  type: 'checkpoint';
  name: string;
  bytes: number;
  /** Older checkpoints that were removed for it. */
  removed: string[];
}

/** Something the user should know of, though the run goes on. */
export interface WarningEvent {
  type: 'warning';
  message: string;
}

/** The mean of the weights after a run's last epochs, which the model has in the end. */
export interface StochasticAverage {
  /** How many it is the mean of. */
  epochs: number;
  /** Without label smoothing. Absent without validation data. */
  validationLoss?: number;
  /** In [0, 1]. */
  validationAccuracy?: number;
}

export interface EndEvent {
  type: 'end';
  reason: 'completed' | 'aborted';
  /** How many epochs passed without a better one, where that ended the run before its last epoch. */
  stoppedAfter?: number;
  step: number;
  history: History;
  best?: Best;
  /** With `swa`, of a run that is over. */
  swa?: StochasticAverage;
}

/** What a training run tells; plain data that survives JSON and `postMessage`. */
export type TrainEvent = StartEvent | StepEvent | EpochEvent | CheckpointEvent | WarningEvent | EndEvent;
