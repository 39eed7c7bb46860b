import { npyPictures, npyStart, readNpy } from '../../../../packages/data/src/npz.js';
import type { Target } from '../parser.ts';
import { eachOf } from './inputs.ts';

const npy = (type: string, shape: number[], bytes: number) =>
  Uint8Array.from(Buffer.concat([npyStart(type, shape), Buffer.alloc(bytes, 1)]));

const labels = readNpy(npy('|u1', [2], 2));

export const target: Target = {
  seeds: () => [
    npy('|u1', [2, 2, 2], 8),
    npy('|u1', [2, 1, 2, 3], 12),
    ...['<i2', '>i2', '<u2', '<i4', '>u4', '<u8', '>i8', '|i1'].map((type) =>
      npy(type, [2, 1], 2 * Number(type[2])),
    ),
    npy('<f4', [], 4),
  ],
  parse: (bytes) => {
    const array = readNpy(bytes, 'array');
    const options = { name: 'a/train', classNames: ['a', 'b', 'c', 'd'] };
    return eachOf(
      () => npyPictures(array, labels, options),
      () => npyPictures({ shape: [2, 1, 1], data: Uint8Array.of(1, 2) }, array, options),
    );
  },
  words: ["'descr': [('a', '<i4')]", "'fortran_order': True", "'shape': (2, 2)", '\x93NUMPY\x02\0'],
};
