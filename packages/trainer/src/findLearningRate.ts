import { loadStateDict, readStateDict } from '@residual/blocks';
import { exp, log, power } from '@residual/random';
import { codeOf, positive, positiveInteger, requireNumber, TrainerError } from './error.js';
import { stepsPerEpoch, type TrainOptions } from './options.js';
import { train } from './train.js';

export interface FindLearningRateOptions
  extends Omit<
    TrainOptions,
    | ('maxEpochs' | 'schedule' | 'patience' | 'averageDecay' | 'swa' | 'logEvery' | 'checkpoints' | 'resume')
    | ('mayDiffer' | 'config' | 'recover' | 'snapshotEverySeconds')
  > {
  /** The first rate. Default 1e-6. */
  from?: number;
  /** The last, where the loss hasn't diverged before. Default 10. */
  to?: number;
  /** How many are tried, each in a step of its own. Default 100. */
  steps?: number;
  /** Told each as it has been tried. */
  onPoint?(point: RatePoint): void;
}

/** What a step with a rate came to. */
export interface RatePoint {
  learningRate: number;
  /** Of the step's pictures, before it. */
  loss: number;
  /** The mean of this and earlier losses, each with 0.98 of the next one's weight. */
  smoothed: number;
}

export interface RateRange {
  /** In rising order. */
  points: RatePoint[];
  /** The rate at which the smoothed loss falls fastest; null where it doesn't fall. */
  suggestion: number | null;
  /** The rate at which the smoothed loss is lowest. */
  lowest: number;
  /** Whether the loss was four times its lowest before the last rate, or not finite. */
  hasDiverged: boolean;
}

/** PyTorch Lightning's and fastai's. */
const SMOOTHING = 0.98;
const DIVERGED = 4;
/** Of a mean of few, and of the beginning of the end. */
const SKIPPED = { first: 10, last: 1 };

/**
 * A learning rate range test: trains one step after the other with a rate that rises by a constant factor, until the loss diverges or the last
 * rate is reached. The model has its values again afterwards.
 *
 * Source: Smith, "Cyclical Learning Rates for Training Neural Networks" (arXiv 1506.01186), section 3.3; smoothing, end and suggestion are
 * those of PyTorch Lightning's `lr_find`.
 *
 * @throws TrainerError `OPTION`; `NON_FINITE` where the very first step is; what `train` throws else; the signal's reason.
 *
 * @example
 * const { suggestion } = await findLearningRate({ model, data, optimizer: sgd({ learningRate: 1, momentum: 0.9 }) });
 */
export async function findLearningRate({
  from = 1e-6,
  to = 10,
  steps = 100,
  onPoint,
  ...options
}: FindLearningRateOptions): Promise<RateRange> {
  requireNumber('from', from, positive, 'Try 1e-6.');
  requireNumber('to', to, positive, 'Try 10.');
  requireNumber('steps', steps, positiveInteger, 'Try 100.');
  if (to <= from || steps < 2) throw noRange(from, to, steps);
  const { model, data, accumulate = 1, signal } = options;
  const start = await readStateDict(model);
  const { validation: _, ...training } = data;
  const events = train({
    ...options,
    data: training,
    logEvery: 1,
    maxEpochs: Math.ceil(steps / stepsPerEpoch({ data, accumulate })),
    schedule: (step) => from * exp((step / (steps - 1)) * log(to / from)),
  });
  const points: RatePoint[] = [];
  let [mean, best, hasDiverged] = [0, Number.POSITIVE_INFINITY, false];
  try {
    for await (const event of events) {
      signal?.throwIfAborted();
      if (event.type !== 'step') continue;
      const { loss, learningRate } = event;
      mean = SMOOTHING * mean + (1 - SMOOTHING) * loss;
      const smoothed = mean / (1 - power(SMOOTHING, points.length + 1)); // as if the mean had begun with the first
      const point = { learningRate, loss, smoothed };
      points.push(point);
      onPoint?.(point);
      best = Math.min(best, smoothed);
      hasDiverged = smoothed > DIVERGED * best;
      if (hasDiverged || points.length === steps) break;
    }
  } catch (error) {
    if (codeOf(error) !== 'NON_FINITE' || points.length === 0) throw error;
    hasDiverged = true;
  } finally {
    await events.return();
    loadStateDict(model, start);
  }
  const lowest = points.find(({ smoothed }) => smoothed === best)!.learningRate;
  return { points, suggestion: steepestFall(points), lowest, hasDiverged };
}

/** Where the smoothed loss falls fastest, by central differences: rates are evenly spaced by their logarithms. */
export function steepestFall(points: readonly RatePoint[]): number | null {
  let steepest = { slope: 0, learningRate: null as number | null };
  for (let i = SKIPPED.first + 1; i < points.length - SKIPPED.last - 1; i++) {
    const slope = (points[i + 1]!.smoothed - points[i - 1]!.smoothed) / 2;
    if (slope < steepest.slope) steepest = { slope, learningRate: points[i]!.learningRate };
  }
  return steepest.learningRate;
}

function noRange(from: number, to: number, steps: number): TrainerError {
  return new TrainerError('OPTION', {
    where: 'from, to and steps',
    expected: 'rates that rise in two steps or more',
    received: `${from} to ${to} in ${steps}`,
    fix: 'Try 1e-6 to 10 in 100 steps.',
  });
}
