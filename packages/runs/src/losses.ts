import type { Pictures } from '@residual/data';
import { crossEntropy, focal, type TrainOptions } from '@residual/trainer';
import * as v from 'valibot';
import type { Training } from './config.js';
import { RunsError } from './error.js';
import { belowOne, integer, notNegative, positive } from './numbers.js';
import { definedLoss } from './pieces.js';

const own = {
  labelSmoothing: belowOne,
  // Absent: all alike. `balanced`: the number of pictures by that of classes and of the class's pictures, as scikit-learn has it.
  classWeights: v.optional(v.union([v.literal('balanced'), v.array(positive)])),
};

export const lossSchema = v.union([
  v.strictObject({ name: v.literal('softmaxCrossEntropy'), ...own }),
  v.strictObject({ name: v.literal('focal'), gamma: notNegative, ...own }),
  v.looseObject({ name: v.pipe(v.string(), v.nonEmpty()), version: integer(1) }),
]);

/** As the schema has it. */
interface OwnLoss {
  labelSmoothing: number;
  classWeights?: number[] | 'balanced';
  gamma?: number;
}

/**
 * What a configuration's loss is to the trainer: its own, with what the training pictures say of their classes, or one that was defined.
 *
 * @throws RunsError `DATA` where a class without pictures would have no weight, `MISSING_PIECE`; TrainerError `OPTION`.
 */
export function lossOptions(
  training: Training,
  pictures: Pictures,
  where: string,
): Pick<TrainOptions, 'labelSmoothing' | 'loss' | 'logitAdjustment'> {
  const counts = () => classCounts(pictures, training.limit);
  const logitAdjustment = adjustmentOf(training, counts);
  return { ...lossOf(training, counts, where), ...(logitAdjustment && { logitAdjustment }) };
}

function lossOf(
  { loss: piece }: Training,
  counts: () => number[],
  where: string,
): Pick<TrainOptions, 'labelSmoothing' | 'loss'> {
  if (piece.version !== undefined) return { loss: definedLoss(piece, where) };
  const { labelSmoothing, classWeights, gamma } = piece as unknown as OwnLoss;
  const weights = classWeights === 'balanced' ? balancedWeights(counts()) : classWeights;
  const options = { labelSmoothing, ...(weights && { classWeights: weights }) };
  if (piece.name === 'focal') return { loss: focal({ gamma, ...options }) };
  return weights === undefined ? { labelSmoothing } : { loss: crossEntropy(options) };
}

/** The mean over the pictures is 1. */
function balancedWeights(counts: number[]): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => all / (counts.length * count));
}

/** Of the training pictures. @throws RunsError `DATA` for a class that has none */
function classCounts({ name, labels, classNames }: Pictures, limit: number | null): number[] {
  const counts = classNames.map(() => 0);
  for (const label of labels.subarray(0, limit ?? labels.length)) counts[label]!++;
  const missing = counts.indexOf(0);
  if (missing < 0) return counts;
  throw new RunsError('DATA', {
    where: name,
    expected: 'training pictures of each class, whose counts balance the loss',
    received: `none of ${JSON.stringify(classNames[missing])}`,
    fix: 'Add some, or take no limit, or leave --balance, --prior and --class-weights out.',
  });
}

/**
 * From how often classes come in training to how often answers take it that they do. Source: Menon et al. (arXiv 2007.07314), equation 10.
 */
function adjustmentOf(training: Training, counts: () => number[]): number[] | undefined {
  const { seen, wanted } = priorsOf(training);
  if (seen === wanted) return undefined;
  const all = counts();
  const pictures = all.reduce((sum, count) => sum + count, 0);
  return all.map((count) => (wanted === 'uniform' ? 1 : -1) * Math.log(count / pictures));
}

type Prior = NonNullable<Training['prior']>;

function priorsOf({ balance, prior }: Pick<Training, 'balance' | 'prior'>): { seen: Prior; wanted: Prior } {
  return {
    seen: balance === 'sampler' ? 'uniform' : 'data',
    wanted: prior ?? (balance === 'none' ? 'data' : 'uniform'),
  };
}

/**
 * It is `balance: 'loss'` that leads from one prior to the other, unless the sampler has led there before.
 *
 * @throws RunsError `OPTION` where the two contradict each other
 */
export function requireBalance(training: Training, where: string): void {
  const { balance } = training;
  const { seen, wanted } = priorsOf(training);
  if (balance === 'sampler' || (balance === 'loss') === (seen !== wanted)) return;
  throw new RunsError('OPTION', {
    where: `${where}: training.prior`,
    expected:
      balance === 'loss' ? 'uniform, to which that loss leads' : 'data, of which a run without balance tells',
    received: wanted,
    fix: `Take --balance ${balance === 'loss' ? 'none' : 'loss'} with --prior ${wanted}.`,
  });
}
