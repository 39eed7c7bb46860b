import { positiveInteger, requireNumber, TrainerError } from '../error.js';
import type { Prediction } from './predictions.js';

/** How a model does on the examples of one class. A share with nothing to divide by is null, as scikit-learn warns of it. */
export interface ClassFigures {
  /** Examples of the class. */
  count: number;
  /** The share of them that is taken for it; null where there are none. */
  recall: number | null;
  /** The share of what is taken for it that is of it; null where nothing is. */
  precision: number | null;
  /** The harmonic mean of both, 2 TP / (2 TP + FP + FN); null where the class neither is nor is answered. */
  f1: number | null;
}

/**
 * Recall, precision and F1 of each class, in the order of the rows.
 *
 * @param matrix `[actual][predicted]`, of `predictions` or `confusionMatrix`
 * @throws TrainerError `OPTION` when it isn't square.
 *
 * @example
 * const { confusionMatrix } = await predictions(model, data);
 * const [first] = classFigures(confusionMatrix);
 */
export function classFigures(matrix: readonly (readonly number[])[]): ClassFigures[] {
  requireSquare(matrix);
  return matrix.map((row, i) => {
    const right = row[i]!;
    const count = sum(row);
    const answered = sum(matrix.map((actual) => actual[i]!));
    return {
      count,
      recall: share(right, count),
      precision: share(right, answered),
      f1: share(2 * right, count + answered),
    };
  });
}

/**
 * The mean recall of the classes that have examples: each class counts the same, however rare. In [0, 1]; NaN where there are none.
 *
 * Source: scikit-learn, `balanced_accuracy_score`.
 */
export function balancedAccuracy(matrix: readonly (readonly number[])[]): number {
  const recalls = classFigures(matrix).flatMap(({ recall }) => recall ?? []);
  return sum(recalls) / recalls.length;
}

/** The share of examples whose class is among the `k` with the largest logits. In [0, 1]. */
export function topAccuracy(examples: readonly Pick<Prediction, 'rank'>[], k: number): number {
  requireNumber('k', k, positiveInteger, 'Try 5.');
  return examples.filter(({ rank }) => rank < k).length / examples.length;
}

/** Examples of one class that are taken for another. */
export interface Confusion {
  actual: number;
  predicted: number;
  count: number;
}

/** Which classes are taken for which, the most often first; at most `count` pairs. */
export function mostConfused(matrix: readonly (readonly number[])[], count: number): Confusion[] {
  requireSquare(matrix);
  const pairs = matrix.flatMap((row, actual) =>
    row.map((count, predicted) => ({ actual, predicted, count })),
  );
  return pairs
    .filter(({ actual, predicted, count }) => actual !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, count);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

function requireSquare(matrix: readonly (readonly number[])[]): void {
  const other = matrix.find((row) => row.length !== matrix.length);
  if (other === undefined) return;
  throw new TrainerError('OPTION', {
    where: 'confusion matrix',
    expected: `${matrix.length} rows of ${matrix.length} counts`,
    received: `a row of ${other.length}`,
    fix: 'Give what `predictions` or `confusionMatrix` gave.',
  });
}
