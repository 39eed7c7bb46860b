import { readIdx, readIdxLabels, readIdxPictures } from '../../../../packages/data/src/idx.js';
import type { Target } from '../parser.ts';
import { eachOf } from './inputs.ts';

const idx = (dimensions: number[], data: number) => {
  const bytes = Buffer.alloc(4 + 4 * dimensions.length + data, 3);
  bytes.writeUInt32BE(0x800 + dimensions.length);
  for (const [i, dimension] of dimensions.entries()) bytes.writeUInt32BE(dimension, 4 + 4 * i);
  return Uint8Array.from(bytes);
};

export const target: Target = {
  seeds: () => [
    idx([2, 2, 2], 8),
    idx([1, 2, 2, 3], 12),
    idx([1, 2, 2, 2], 8),
    idx([4], 4),
    new Uint8Array(2),
  ],
  parse: (bytes) =>
    eachOf(
      () => readIdx(bytes),
      () => readIdxPictures(bytes, { file: 'pictures' }),
      () => readIdxPictures(bytes, { size: [2, 2] }),
      () => readIdxLabels(bytes),
      () => readIdxLabels(bytes, { file: 'labels', classes: 3, count: 4 }),
    ),
};
