import { TrainerError } from '../error.js';
import type { Prediction } from './predictions.js';

/** The standard normal's 97.5th percentile. */
const Z = 1.959963984540054;

/** How two models do on the same examples. */
export interface PairedComparison {
  /** How many examples. */
  count: number;
  /** How many the first answers right and the second doesn't. */
  onlyFirst: number;
  /** How many the second answers right and the first doesn't. */
  onlySecond: number;
  /** The accuracy of the second less that of the first. */
  difference: number;
  /** Where the difference is with 95 % confidence, on examples drawn alike. In [-1, 1]. */
  interval: [low: number, high: number];
  /** How likely answers that differ so much are where both models are right equally often: McNemar's test, exact and two-sided. */
  p: number;
}

/**
 * Compares what two models say of the same examples. That they are the same makes it sharper than two accuracies: what both answer right, or
 * both wrong, doesn't blur it.
 *
 * Source: McNemar, "Note on the sampling error of the difference between correlated proportions" (Psychometrika 12, 1947), exact by the
 * binomial; Bonett & Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data" (JEBS 37, 2012).
 *
 * @throws TrainerError `OPTION` unless both are of the same examples, in the same order, and there are some.
 *
 * @example
 * const [a, b] = [await predictions(small, data), await predictions(large, data)];
 * const { difference, interval, p } = comparePredictions(a.examples, b.examples);
 */
export function comparePredictions(
  first: readonly Pick<Prediction, 'index' | 'label' | 'predicted'>[],
  second: readonly Pick<Prediction, 'index' | 'label' | 'predicted'>[],
): PairedComparison {
  requireSame(first, second);
  const count = first.length;
  let onlyFirst = 0;
  let onlySecond = 0;
  first.forEach(({ label, predicted }, i) => {
    const [isFirst, isSecond] = [predicted === label, second[i]!.predicted === label];
    if (isFirst && !isSecond) onlyFirst++;
    if (isSecond && !isFirst) onlySecond++;
  });
  const [lost, won] = [(onlyFirst + 1) / (count + 2), (onlySecond + 1) / (count + 2)];
  const middle = won - lost;
  const reach = Z * Math.sqrt((won + lost - middle ** 2) / (count + 2));
  return {
    count,
    onlyFirst,
    onlySecond,
    difference: (onlySecond - onlyFirst) / count,
    interval: [Math.max(-1, middle - reach), Math.min(1, middle + reach)],
    p: signTest(onlyFirst, onlySecond),
  };
}

/** How likely heads and tails of a fair coin are at least so uneven. */
function signTest(heads: number, tails: number): number {
  const tosses = heads + tails;
  let logarithm = -tosses * Math.LN2; // of the chance of exactly i heads
  let chance = 0;
  for (let i = 0; i <= Math.min(heads, tails); i++) {
    chance += Math.exp(logarithm);
    logarithm += Math.log((tosses - i) / (i + 1));
  }
  return Math.min(1, 2 * chance);
}

function requireSame(
  first: readonly Pick<Prediction, 'index' | 'label'>[],
  second: readonly Pick<Prediction, 'index' | 'label'>[],
): void {
  const other =
    first.length === second.length
      ? first.findIndex(({ index, label }, i) => second[i]!.index !== index || second[i]!.label !== label)
      : Math.min(first.length, second.length);
  if (other < 0 && first.length > 0) return;
  throw new TrainerError('OPTION', {
    where: 'comparePredictions',
    expected: 'what two models say of the same examples, one or more, in the same order',
    received: first.length === 0 ? 'none' : `others from number ${other} on`,
    fix: 'Let both predict the same source.',
  });
}
