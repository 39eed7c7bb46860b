import { OpsError } from './error.js';

/** Height and width, or one number for both. */
export type Size = number | readonly [number, number];

/** Batch, height, width and channels, or a filter's height, width and channels of input and output. */
export type Shape4D = [number, number, number, number];

/** Reads a size as [height, width]; throws unless both are integers of at least `min`. */
export function sizeOf(size: Size, where: string, min: number): [number, number] {
  const pair: [number, number] = typeof size === 'number' ? [size, size] : [size[0], size[1]];
  if (pair.some((value) => !Number.isInteger(value) || value < min)) {
    throw new OpsError('OPTION', {
      where,
      expected: `integers of at least ${min}`,
      received: JSON.stringify(size),
      fix: 'Give one for both axes, or [height, width].',
    });
  }
  return pair;
}
