import { ConformanceError } from './error.js';
import { isIntegers, positionOf, type Values } from './values.js';

/** How far two floats may be apart. */
export interface Tolerance {
  /** Of the largest expected absolute value. */
  relative: number;
  /** The least value to take as that largest one: for tensors that are rounding noise beside their neighbours. Default 0. */
  floor?: number;
}

const DIFFERENT = "Compare the kernel with the operation's reference, on this case alone.";

/** The largest finite absolute value; 0 if there is none. */
export function largest(data: ArrayLike<number>): number {
  let result = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (size > result && size < Infinity) result = size;
  }
  return result;
}

/** The median of the tensors' largest values: the size that values have among tensors that belong together. */
export function typicalSize(tensors: Iterable<Values>): number {
  const sizes = [...tensors].map(({ data }) => largest(data)).sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}

/**
 * The floor for one of several tensors that belong together: 1e-3 of their typical size.
 *
 * A tensor below 1e-6 of it is exactly 0 but for rounding (the gradient of a bias before batch normalisation): what a
 * backend makes of it is the noise of its neighbours, so its floor is the typical size itself.
 */
export function floorFor(expected: Values, typical: number): number {
  return largest(expected.data) < 1e-6 * typical ? typical : 1e-3 * typical;
}

function assertShape(where: string, actual: Values, expected: Values): void {
  const same =
    actual.shape.length === expected.shape.length && actual.shape.every((n, i) => n === expected.shape[i]);
  const integers = ({ data }: Values) => isIntegers(data);
  if (same && integers(actual) === integers(expected)) return;
  const describe = (values: Values) =>
    `${integers(values) ? 'int32' : 'float32'} [${values.shape.join(', ')}]`;
  throw new ConformanceError('SHAPE', {
    where,
    expected: describe(expected),
    received: describe(actual),
    fix: 'Give the shape and type that the operation promises.',
  });
}

/**
 * Throws unless each number is within the tolerance: |actual - expected| <= relative * max(largest |expected|, floor).
 * Strict about what is not finite: NaN only equals NaN, and an infinity only itself.
 */
export function assertClose(
  where: string,
  actual: Values,
  expected: Values,
  { relative, floor = 0 }: Tolerance,
): void {
  assertShape(where, actual, expected);
  const scale = Math.max(largest(expected.data), floor);
  let worst = -1;
  let worstDistance = relative * scale;
  for (let i = 0; i < expected.data.length; i++) {
    const distance = distanceOf(actual.data[i]!, expected.data[i]!);
    if (distance > worstDistance) {
      worst = i;
      worstDistance = distance;
    }
  }
  if (worst < 0) return;
  throw new ConformanceError('VALUE', {
    where: `${where}${positionOf(worst, expected.shape)}`,
    expected: String(expected.data[worst]),
    received: `${actual.data[worst]}: ${(worstDistance / scale).toExponential(1)} of the largest value ${scale.toPrecision(3)}, allowed ${relative}`,
    fix: DIFFERENT,
  });
}

function distanceOf(actual: number, expected: number): number {
  if (Object.is(actual, expected)) return 0;
  const distance = Math.abs(actual - expected);
  return Number.isNaN(distance) ? Infinity : distance;
}

/** Throws unless all numbers are the same, bit for bit (any NaN is the same as any other). */
export function assertSame(
  where: string,
  code: 'VALUE' | 'BITS' | 'BATCH' | 'INPUT',
  actual: Values,
  expected: Values,
): void {
  assertShape(where, actual, expected);
  const index = expected.data.findIndex((value, i) => !Object.is(value, actual.data[i]));
  if (index < 0) return;
  const what = {
    VALUE: '',
    BITS: ' on the second call',
    BATCH: ' in this batch',
    INPUT: ' after the call: an input was changed',
  }[code];
  throw new ConformanceError(code, {
    where: `${where}${positionOf(index, expected.shape)}`,
    expected: String(expected.data[index]),
    received: `${actual.data[index]}${what}`,
    fix: DIFFERENT,
  });
}

/** Throws unless each value at an expected place is NaN. */
export function assertNaN(
  where: string,
  { data, shape }: Values,
  expected: (index: number) => boolean,
): void {
  const index = data.findIndex((value, i) => expected(i) && !Number.isNaN(value));
  if (index < 0) return;
  throw new ConformanceError('VALUE', {
    where: `${where}${positionOf(index, shape)}`,
    expected: 'NaN',
    received: String(data[index]),
    fix: 'A NaN must reach every result that it takes part in.',
  });
}
