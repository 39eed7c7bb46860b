/**
 * `base` multiplied by itself, rounded once at the end: the number nearest to the true power in all but about one of 2^40 cases, and the
 * same on every engine. `**` isn't: in the last bit, V8's differs from version to version.
 *
 * @param exponent an integer, 0 or above
 * @throws RangeError for another exponent
 *
 * Source: Dekker, "A floating-point technique for extending the available precision" (1971), section 5, for the products.
 */
export function power(base: number, exponent: number): number {
  if (!Number.isSafeInteger(exponent) || exponent < 0)
    throw new RangeError(`power: expected an integer exponent from 0 on, received ${exponent}`);
  let result: Pair = [1, 0];
  let square: Pair = [base, 0];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = product(result, square);
    if (left > 1) square = product(square, square);
  }
  return result[0] + result[1];
}

/** The sum of two numbers, the second at most half a unit in the last place of the first. */
type Pair = readonly [high: number, low: number];

function product([a, aLow]: Pair, [b, bLow]: Pair): Pair {
  const high = a * b;
  if (high === 0 || !Number.isFinite(high)) return [high, 0];
  const [a1, a2] = halves(a);
  const [b1, b2] = halves(b);
  const low = a1 * b1 - high + a1 * b2 + a2 * b1 + a2 * b2 + (a * bLow + aLow * b);
  const sum = high + low;
  return [sum, high - sum + low];
}

/** A number as the sum of two of 26 bits. */
function halves(x: number): Pair {
  const scaled = 134_217_729 * x; // 2^27 + 1
  const high = scaled - (scaled - x);
  return [high, x - high];
}
