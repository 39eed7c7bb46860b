import { limit as limitTo, type Pictures } from '@residual/data';
import { log } from '@residual/random';
import { crossEntropy, focal, type TrainOptions } from '@residual/trainer';
import type { Training } from './config.js';
import { RunsError } from './error.js';
import { type OwnLoss, priorsOf } from './losses.js';
import { definedLoss } from './pieces.js';

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
  const { limit } = training;
  const counts = () => classCounts(limit === null ? pictures : limitTo(pictures, limit));
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
function classCounts({ name, labels, classNames }: Pictures): number[] {
  const counts = classNames.map(() => 0);
  for (const label of labels) counts[label]!++;
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
  return all.map((count) => (wanted === 'uniform' ? 1 : -1) * log(count / pictures));
}
