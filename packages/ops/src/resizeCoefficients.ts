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

/**
 * The coefficients of Pillow's bilinear resize of an axis of 8-bit pictures: half-pixel centres, a triangle filter that
 * widens when shrinking (antialiasing), rounded to fixed point.
 *
 * Source: Pillow, `Resample.c`, `precompute_coeffs` and `normalize_coeffs_8bpc`.
 */
export function resizeCoefficients(from: number, to: number): ResizeCoefficients {
  const scale = from / to;
  const support = Math.max(scale, 1); // half the width of the triangle, in input pixels
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const coefficients = new Int32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    const weights = Array.from({ length: end - start }, (_, t) =>
      Math.max(0, 1 - Math.abs((start + t - center + 0.5) / support)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    first[i] = start;
    for (const [t, weight] of weights.entries()) {
      coefficients[i * taps + t] = Math.trunc(0.5 + (weight / sum) * 2 ** COEFFICIENT_BITS);
    }
  }
  return { taps, first, coefficients };
}
