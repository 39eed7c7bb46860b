import { ResampleError } from './error.js';

/** How the inputs around a position are weighed: by a triangle, or by a cubic with a = -0.5 (Keys 1981). */
export type Interpolation = 'bilinear' | 'bicubic';

/** Bits after the point of a coefficient: 32 less 8 for the byte and 2 of room for sums over 1 (Pillow's `PRECISION_BITS`). */
export const COEFFICIENT_BITS = 32 - 8 - 2;

/** How each output position of one axis is made: output[i] = sum over t of input[first[i] + t] * coefficients[i * taps + t]. */
export interface ResizeCoefficients {
  /** The most inputs that any output takes. */
  taps: number;
  /** The first input position of each output. */
  first: Int32Array;
  /** Fixed point with {@link COEFFICIENT_BITS} bits; `taps` for each output, 0 where it takes fewer. */
  coefficients: Int32Array;
}

interface Filter {
  /** Half its width, in input pixels where the picture isn't shrunk. */
  support: number;
  /** The weight of an input at this distance. */
  weigh(distance: number): number;
}

const A = -0.5;

/** Source: Pillow, `Resample.c`, `bilinear_filter` and `bicubic_filter`. */
const filters: Readonly<Record<Interpolation, Filter>> = {
  bilinear: { support: 1, weigh: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  bicubic: {
    support: 2,
    weigh(distance) {
      const x = Math.abs(distance);
      if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    },
  },
};

/**
 * The coefficients of Pillow's resize of one axis of 8-bit pictures: half-pixel centres, a filter that widens when shrinking
 * (antialiasing), rounded to fixed point.
 *
 * Source: Pillow, `Resample.c`, `precompute_coeffs` and `normalize_coeffs_8bpc`.
 *
 * @param from length of the axis before, in pixels
 * @param to length after, in pixels
 * @throws ResampleError `ARGUMENT` for a length that is no positive integer, and for an unknown interpolation.
 */
export function resizeCoefficients(
  from: number,
  to: number,
  interpolation: Interpolation = 'bilinear',
): ResizeCoefficients {
  requireLength(from, 'resizeCoefficients: from');
  requireLength(to, 'resizeCoefficients: to');
  const filter = filterOf(interpolation);
  const scale = from / to;
  const widening = Math.max(scale, 1);
  const support = filter.support * widening; // half the filter's width, in input pixels
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const coefficients = new Int32Array(to * taps);
  const weights = new Float64Array(taps); // of one output
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let t = 0; t < end - start; t++) {
      weights[t] = filter.weigh((start + t - center + 0.5) * (1 / widening));
      sum += weights[t]!;
    }
    first[i] = start;
    for (let t = 0; t < end - start; t++) {
      const rounded = Math.sign(weights[t]!) / 2 + (weights[t]! / sum) * 2 ** COEFFICIENT_BITS;
      coefficients[i * taps + t] = Math.trunc(rounded);
    }
  }
  return { taps, first, coefficients };
}

function requireLength(length: number, where: string): void {
  if (Number.isInteger(length) && length >= 1) return;
  throw new ResampleError('ARGUMENT', {
    where,
    expected: 'a positive integer',
    received: String(length),
    fix: 'Give a length in whole pixels.',
  });
}

function filterOf(interpolation: Interpolation): Filter {
  if (Object.hasOwn(filters, interpolation)) return filters[interpolation];
  throw new ResampleError('ARGUMENT', {
    where: 'resizeCoefficients: interpolation',
    expected: Object.keys(filters)
      .map((name) => `'${name}'`)
      .join(' or '),
    received: JSON.stringify(interpolation),
    fix: 'Choose one of them.',
  });
}
