import type { Json } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint } from './checkpoint/checkpoint.js';
import { type CheckpointPolicy, requirePolicy } from './checkpoint/writer.js';
import type { TrainingData } from './data.js';
import {
  belowOne,
  finite,
  notNegative,
  notNegativeInteger,
  positiveInteger,
  requireNumber,
  shareAboveZero,
  TrainerError,
} from './error.js';
import type { EpochRecord } from './events.js';
import type { Classifier } from './judge/evaluate.js';
import type { Schedule } from './schedule/schedule.js';
import { constantRate } from './schedule/steps.js';
import { crossEntropy, requireOneEach } from './step/crossEntropy.js';
import { type GroupOptions, type ParameterGroup, requireGroups, requireUnfrozen } from './step/groups.js';
import type { Loss } from './step/loss.js';
import { type Mix, parseMix } from './step/mix.js';
import { parseOptimizer } from './step/optimizers.js';
import type { Optimizer } from './step/rule.js';
import { optionProblem } from './step/settings.js';

/**
 * What a run can go on with that is new, as `MISMATCH` names it: the optimizer's rate, the schedule (by its samples, which `maxEpochs`
 * and the rate change too), when it ends, and paths of `config`, whose meaning is the caller's.
 */
export type MayDiffer = 'optimizer.learningRate' | 'learningRates' | 'patience' | `config.${string}`;

export interface TrainOptions extends GroupOptions {
  /** Initialised. The run changes its values in place. */
  model: Classifier;
  data: TrainingData;
  /** `sgd`, or what {@link defineOptimizer} makes. */
  optimizer: Optimizer;
  maxEpochs: number;
  /** Default `constantRate()`. */
  schedule?: Schedule;
  /** What training makes small. Default: softmax cross-entropy, which is what validation tells in any case. */
  loss?: Loss;
  /** Share of the training target spread over all classes, with the default loss. Default 0. */
  labelSmoothing?: number;
  /**
   * [K], added to the logits inside the loss alone: the logarithms of how often the classes come in training, where answers are to hold
   * for classes that come equally often. Source: Menon et al., "Long-tail learning via logit adjustment" (arXiv 2007.07314),
   * equation 10. Default: none.
   */
  logitAdjustment?: readonly number[];
  /** Decides what modules of the model draw in training, such as dropout. Default 0. */
  seed?: number;
  /** Mixes the pictures of each batch, and their losses: `mixup` or `cutmix`. Validation isn't mixed. Default: none. */
  mix?: Mix;
  /** How parameters of some paths are trained otherwise than the rest, or not at all. Default: all alike. */
  groups?: readonly ParameterGroup[];
  /** Multiplies the learning rate of each layer for each layer that comes after it. In (0, 1]. Default 1. */
  layerDecay?: number;
  /**
   * How many batches a step is of: its gradient is that of them as one batch, where the model has no batch normalisation, which
   * normalises each batch by itself. Default 1.
   */
  accumulate?: number;
  /** Ends the run after so many epochs without a better validation accuracy. Default: never. */
  patience?: number;
  /** Gradients longer than this together are scaled down to it. Default 0: never, as d2l's `gradient_clip_val`. */
  gradientClipNorm?: number;
  /**
   * Keeps an exponential moving average of the weights with this decay, warmed up as min(decay, (1 + t) / (10 + t)).
   * Validation uses it, and when the run is over, the model holds it. Default: none.
   */
  averageDecay?: number;
  /**
   * The share of the epochs, the last ones, whose weights are averaged, each counting the same: stochastic weight averaging. When the run is over,
   * the model holds the mean, with statistics of batch normalisation computed anew. In (0, 1]. Default: none.
   */
  swa?: number;
  /**
   * Whether a backend that can (`simd`) notes what a step calls and plays it in the steps that follow, to the same bits and with less between the
   * kernels. What a model's `forward` computes must follow from its arguments and from the fields of its modules, and what it does beside
   * that, such as printing, happens only in steps that aren't played. Default true.
   */
  record?: boolean;
  /** How many steps between two step events. Each reads the device, which is a synchronisation point. Default 20. */
  logEvery?: number;
  checkpoints?: CheckpointPolicy;
  /** A checkpoint of this very run, to go on from. */
  resume?: Checkpoint;
  /** What of the settings may be other than those that the checkpoint of `resume` was written with. Default: nothing. */
  mayDiffer?: readonly MayDiffer[];
  /** What else determines the run, such as a recipe: kept in checkpoints, and compared on resume. */
  config?: Json;
  /** What the backend runs on, for the start event. */
  device?: string;
  /**
   * Makes the backend work again after an error that lost its device, and says whether it did; a backend's package has such a
   * function. The run then goes on, to the same bits, from a snapshot of its state that it keeps in memory: it tells so in a
   * warning, and starts again. Default: every error ends the run.
   */
  recover?: (error: unknown) => Promise<boolean>;
  /** The most time between two snapshots for `recover`. Default 30; each reads all weights from the device. */
  snapshotEverySeconds?: number;
  /** When aborted, the run finishes its step, writes a checkpoint where it can and ends with reason `'aborted'`. */
  signal?: AbortSignal;
}

/** {@link TrainOptions} with their defaults filled in. */
export type TrainSettings = TrainOptions &
  Required<
    Pick<
      TrainOptions,
      'schedule' | 'labelSmoothing' | 'seed' | 'accumulate' | 'gradientClipNorm' | 'logEvery'
    >
  > & {
    /** With smoothing and adjustment. */
    trainingLoss: Loss;
  };

/** @throws TrainerError `OPTION` */
export function trainSettings(options: TrainOptions): TrainSettings {
  const settings = {
    ...options,
    mix: options.mix && parseMix(options.mix),
    optimizer: parseOptimizer(options.optimizer),
    schedule: options.schedule ?? constantRate(),
    labelSmoothing: options.labelSmoothing ?? 0,
    seed: options.seed ?? 0,
    accumulate: options.accumulate ?? 1,
    gradientClipNorm: options.gradientClipNorm ?? 0,
    logEvery: options.logEvery ?? 20,
  };
  const { maxEpochs, logEvery, loss, labelSmoothing, gradientClipNorm, averageDecay, checkpoints } = settings;
  const { schedule, signal } = settings;
  requireCallable('schedule', schedule, schedule);
  requireCallable('loss', loss, loss);
  requireCallable('checkpoints.storage', checkpoints, checkpoints?.storage?.write);
  requireCallable('signal', signal, signal?.throwIfAborted);
  requireNumber('maxEpochs', maxEpochs, positiveInteger, 'Train for one epoch or more.');
  requireNumber('logEvery', logEvery, positiveInteger, 'Log every 20 steps, for example.');
  requireNumber('labelSmoothing', labelSmoothing, belowOne, 'Try 0.1, or leave it out.');
  if (labelSmoothing > 0 && loss !== undefined) {
    throw new TrainerError('OPTION', {
      where: 'labelSmoothing',
      expected: '0 with a loss of your own',
      received: String(labelSmoothing),
      fix: 'Smooth the labels in the loss.',
    });
  }
  requireNumber('gradientClipNorm', gradientClipNorm, notNegative, 'Leave it out for no clipping.');
  if (averageDecay !== undefined) requireNumber('averageDecay', averageDecay, belowOne, 'Try 0.99.');
  if (settings.swa !== undefined) requireNumber('swa', settings.swa, shareAboveZero, 'Try 0.25.');
  if (settings.snapshotEverySeconds !== undefined) {
    requireNumber('snapshotEverySeconds', settings.snapshotEverySeconds, notNegative, 'Try 30.');
  }
  if (checkpoints !== undefined) requirePolicy(checkpoints);
  requireGroups(settings);
  requireUnfrozen(settings, maxEpochs);
  requireNumber('seed', settings.seed, notNegativeInteger, 'Any such number will do.');
  requireNumber('accumulate', settings.accumulate, positiveInteger, 'Leave it out for steps of one batch.');
  if (settings.patience !== undefined) {
    requireNumber('patience', settings.patience, positiveInteger, 'Try 5, or leave it out.');
    requireValidation('patience', settings);
  }
  if (settings.schedule.needsValidation) requireValidation('schedule', settings);
  return { ...settings, trainingLoss: trainingLoss(settings) };
}

/** @throws TrainerError `OPTION` for what is given and is none of its kind: what it is called by is no function */
function requireCallable(where: string, given: unknown, call: unknown): void {
  if (given === undefined || typeof call === 'function') return;
  throw optionProblem(where, 'one as the type TrainOptions has it', String(given));
}

function trainingLoss({
  labelSmoothing,
  loss = crossEntropy({ labelSmoothing }),
  logitAdjustment,
}: Pick<TrainOptions, 'labelSmoothing' | 'loss' | 'logitAdjustment'>): Loss {
  if (logitAdjustment === undefined) return loss;
  for (const [label, value] of logitAdjustment.entries()) {
    requireNumber(`logitAdjustment[${label}]`, value, finite, 'Each class needs pictures to train on.');
  }
  return (logits, labels) => {
    requireOneEach('logitAdjustment', logitAdjustment, logits.shape[1]);
    return loss(tf.add(logits, tf.tensor1d([...logitAdjustment])), labels);
  };
}

/** @throws TrainerError `OPTION` for an option that goes by what validation says, where there is none. */
function requireValidation(where: string, { data }: TrainOptions): void {
  if (data.validation !== undefined) return;
  throw new TrainerError('OPTION', {
    where,
    expected: 'data with a validation part, by which it goes',
    received: 'none',
    fix: 'Give data.validation, or leave the option out.',
  });
}

/** How many steps an epoch has: the last may be of fewer batches. */
export function stepsPerEpoch({ data, accumulate }: Pick<TrainSettings, 'data' | 'accumulate'>): number {
  return Math.ceil(data.train.batchesPerEpoch / accumulate);
}

/** The learning rate of a run's step, by its schedule. @param step from 0 @param history of the epochs so far */
export function learningRateAt(
  settings: TrainSettings,
  step: number,
  history: readonly EpochRecord[],
): number {
  const { schedule, maxEpochs, optimizer } = settings;
  return schedule(step, maxEpochs * stepsPerEpoch(settings), optimizer.learningRate, history);
}
