import { exp, log } from './elementary.js';
import { power } from './power.js';
import type { RandomStream } from './stream.js';

/** How many integers of a stream each index may use: half of them for each of beta's, four an attempt. */
const ROOM = 2 ** 16;

/** A number and its logarithm, which also holds what float64 rounds to 0. */
interface Positive {
  value: number;
  logarithm: number;
}

/**
 * The number at `index` of a gamma distribution with this shape and scale 1.
 *
 * A function of the stream and the index alone, as all numbers here: it tries the stream's normal and uniform numbers from
 * index * 65536 on until it accepts one, so use a stream for nothing else.
 *
 * @param index from 0 to 2^32 - 1
 * @param shape above 0
 * @throws RangeError for another shape
 *
 * Source: Marsaglia & Tsang, "A simple method for generating gamma variables" (ACM TOMS 26, 2000), section 3, and its note on
 * shapes below 1.
 */
export function gamma(draw: RandomStream, index: number, shape: number): number {
  requireShape('gamma: shape', shape);
  return gammaFrom(draw, index * ROOM, shape).value;
}

/**
 * The number at `index`, in [0, 1], of a beta distribution with these shapes: gamma(a) / (gamma(a) + gamma(b)), also where both are too
 * small for float64. As {@link gamma}, it uses the stream's numbers from index * 65536 on.
 *
 * @param index from 0 to 2^32 - 1
 * @throws RangeError unless both shapes are above 0
 *
 * @example
 * const lambda = beta(randomStream({ seed: 0, purpose: 'mixup', stream: epoch }), batch, 0.2, 0.2);
 */
export function beta(draw: RandomStream, index: number, a: number, b: number): number {
  requireShape('beta: a', a);
  requireShape('beta: b', b);
  const x = gammaFrom(draw, index * ROOM, a).logarithm;
  const y = gammaFrom(draw, index * ROOM + ROOM / 2, b).logarithm;
  return 1 / (1 + exp(y - x));
}

function gammaFrom(draw: RandomStream, first: number, shape: number): Positive {
  if (shape < 1) {
    // gamma(shape) = gamma(shape + 1) * U^(1 / shape)
    const { logarithm } = gammaFrom(draw, first + 4, shape + 1);
    const sum = logarithm + log(1 - draw.uniform(first)) / shape; // (0, 1]: the logarithm needs more than 0
    return { value: exp(sum), logarithm: sum };
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let at = first; ; at += 4) {
    // Of one block of four integers, two for the normal number and one for the uniform one.
    const x = draw.normal(at / 2);
    const cube = power(1 + c * x, 3);
    const u = 1 - draw.uniform(at + 2);
    if (cube <= 0) continue;
    if (log(u) < 0.5 * x * x + d * (1 - cube + log(cube))) {
      return { value: d * cube, logarithm: log(d) + log(cube) };
    }
  }
}

function requireShape(where: string, shape: number): void {
  if (Number.isFinite(shape) && shape > 0) return;
  throw new RangeError(`${where}: expected a number above 0, received ${shape}`);
}
