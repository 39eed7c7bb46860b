import { TrainerError } from '../error.js';

/** The standard normal's 97.5th percentile. */
const Z = 1.959963984540054;

/**
 * Where the accuracy is with 95 % confidence that a model with `correct` of `count` right answers has, on pictures drawn alike and each by
 * itself: Wilson's interval, (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n) with z = 1.96, which is right for
 * few pictures and for none or all right answers too.
 *
 * Source: Wilson, "Probable inference, the law of succession, and statistical inference" (JASA 22, 1927).
 *
 * @returns both ends, in [0, 1].
 * @throws TrainerError `OPTION` unless they are whole numbers, the count above 0 and correct at most that.
 *
 * @example
 * const [low, high] = wilsonInterval(937, 1000); // 0.920, 0.950
 */
export function wilsonInterval(correct: number, count: number): [low: number, high: number] {
  const areCounts = Number.isSafeInteger(correct) && Number.isSafeInteger(count) && correct >= 0;
  if (!areCounts || count < 1 || correct > count) {
    throw new TrainerError('OPTION', {
      where: 'wilsonInterval',
      expected: 'how many answers are right, of one or more',
      received: `${correct} of ${count}`,
      fix: 'Give counts, not shares.',
    });
  }
  const share = correct / count;
  const middle = share + Z ** 2 / (2 * count);
  const reach = Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  const scale = 1 + Z ** 2 / count;
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)];
}
