import { randomStream, type StreamOptions } from './stream.js';

/** `length` float32 numbers, uniform in [min, max). */
export function uniforms(
  options: StreamOptions,
  length: number,
  { min = 0, max = 1 }: { min?: number; max?: number } = {},
): Float32Array {
  const draw = randomStream(options);
  return Float32Array.from({ length }, (_, i) => min + (max - min) * draw.uniform(i));
}

/** `length` float32 numbers from a normal distribution. */
export function normals(
  options: StreamOptions,
  length: number,
  { mean = 0, standardDeviation = 1 }: { mean?: number; standardDeviation?: number } = {},
): Float32Array {
  const draw = randomStream(options);
  return Float32Array.from({ length }, (_, i) => mean + standardDeviation * draw.normal(i));
}

/**
 * The integers 0 to length - 1 in random order: a Fisher-Yates shuffle whose i-th swap is drawn at index i.
 *
 * Each swap takes the high bits of a 32-bit integer times the range, whose bias is below range / 2^32.
 */
export function permutation(options: StreamOptions, length: number): Uint32Array {
  const draw = randomStream(options);
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor((draw.uint32(i) / 2 ** 32) * (i + 1));
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
