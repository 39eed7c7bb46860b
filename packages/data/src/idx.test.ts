import { describe, expect, it } from 'vitest';
import { readIdx, readIdxLabels, readIdxPictures } from './idx.js';

/** An IDX file: magic number, dimensions, then `length` bytes counting up. */
function idx(magic: number, dimensions: number[], length: number): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + length).map((_, i) => i);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  dimensions.forEach((dimension, i) => {
    view.setUint32(4 + 4 * i, dimension);
  });
  bytes.subarray(4 + 4 * dimensions.length).forEach((_, i, data) => {
    data[i] = i;
  });
  return bytes;
}

const PICTURES = 0x803;
const LABELS = 0x801;

describe('readIdx', () => {
  it('reads dimensions and data, also from a view into a larger buffer', () => {
    const file = idx(PICTURES, [2, 3, 4], 24);
    const padded = new Uint8Array(file.length + 1);
    padded.set(file, 1);
    const { dimensions, data } = readIdx(padded.subarray(1));
    expect(dimensions).toEqual([2, 3, 4]);
    expect([...data]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['34 wrong magic', idx(0x1f8b0803, [1, 1, 1], 1), /two zero bytes, received magic 0x1f8b0803/],
    ['36 dimensions far above the bytes', idx(PICTURES, [2 ** 32 - 1, 2 ** 32 - 1, 28], 10), /received 10\./],
    ['36 many huge dimensions', idx(0x8ff, new Array(255).fill(2 ** 32 - 1), 10), /bytes of data/],
    ['37 zero count', idx(PICTURES, [0, 28, 28], 0), /above zero, received \[0, 28, 28\]/],
    ['38 one byte short', idx(PICTURES, [2, 3, 4], 23), /24 bytes of data .*received 23/],
    ['39 one byte over', idx(PICTURES, [2, 3, 4], 25), /24 bytes of data .*received 25/],
    ['42 another element type', idx(0xd03, [1, 1, 1], 4), /0x08\), received magic 0x00000d03/],
    ['no dimensions', idx(0x800, [], 0), /at least one dimension/],
    ['cut off in the header', idx(PICTURES, [2, 3, 4], 0).subarray(0, 15), /header of 16 bytes/],
    ['empty', new Uint8Array(0), /4-byte magic number, received 0 bytes/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => readIdx(bytes, 'x.gz')).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringMatching(/^x\.gz: expected/) }),
    );
    expect(() => readIdx(bytes)).toThrow(message);
  });
});

describe('readIdxPictures', () => {
  it('reads grey pictures', () => {
    const { images, count, shape } = readIdxPictures(idx(PICTURES, [2, 3, 4], 24), { size: [3, 4] });
    expect({ count, shape, length: images.length }).toEqual({ count: 2, shape: [3, 4, 1], length: 24 });
  });

  it('35 labels used as pictures are refused', () => {
    expect(() => readIdxPictures(idx(LABELS, [5], 5), { file: 'images.gz' })).toThrow(
      expect.objectContaining({ code: 'MISMATCH', message: expect.stringMatching(/^images\.gz.*swapped/) }),
    );
  });

  it('43 pictures of 28x27 are refused where 28x28 are expected', () => {
    expect(() => readIdxPictures(idx(PICTURES, [1, 28, 27], 756), { size: [28, 28] })).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining('received 28x27') }),
    );
  });
});

describe('readIdxLabels', () => {
  it('reads labels', () => {
    expect([...readIdxLabels(idx(LABELS, [5], 5), { classes: 5, count: 5 })]).toEqual([0, 1, 2, 3, 4]);
  });

  it('35 pictures used as labels are refused', () => {
    expect(() => readIdxLabels(idx(PICTURES, [1, 2, 2], 4))).toThrow(
      expect.objectContaining({ code: 'MISMATCH', message: expect.stringContaining('one of 3 (1 x 2 x 2)') }),
    );
  });

  it('40 another number of labels than of pictures is refused', () => {
    expect(() => readIdxLabels(idx(LABELS, [5], 5), { count: 6 })).toThrow(
      expect.objectContaining({
        code: 'MISMATCH',
        message: expect.stringMatching(/6 labels.*received 5\..*same release/),
      }),
    );
  });

  it('41 a label above the last class is refused', () => {
    expect(() => readIdxLabels(idx(LABELS, [11], 11), { classes: 10 })).toThrow(
      expect.objectContaining({
        code: 'FORMAT',
        message: expect.stringContaining('labels from 0 to 9, received 10 at position 10'),
      }),
    );
  });
});
