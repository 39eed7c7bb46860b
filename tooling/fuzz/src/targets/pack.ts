import { createHash } from 'node:crypto';
import {
  HEADER_BYTES,
  packEnd,
  packHeader,
  readPackIndex,
} from '../../../../packages/pictures/src/pack/packFormat.js';
import { emptyIndex } from '../../../../packages/pictures/src/pack/packIndex.js';
import type { Target } from '../parser.ts';

const [PLACES, HASH] = [16, 32];

function pack(pictures: number): Uint8Array {
  const index = emptyIndex(
    {
      classNames: ['a', 'ü'],
      picture: { height: 4, width: 4, channels: 3 },
      steps: [{ name: 'color' }],
      decoder: 'a decoder',
      limits: { maxPixels: 1, maxBytes: 2, seconds: 0.5 },
      survey: { count: 3, classCount: 2, medianShortSide: 2, channels: 3 },
      broken: [{ file: 'a/bad.png', reason: 'bad', at: 1, stamp: { bytes: 3, modified: 1.5 } }],
    },
    pictures,
  );
  for (let i = 0; i < pictures; i++) {
    index.add({
      path: `a/${i}.png`,
      stamp: { bytes: 100, modified: 1 },
      sha256: new Uint8Array(32),
      label: i % 2,
      part: 'train',
      originalWidth: 3,
      originalHeight: 5,
      isGrey: false,
      notes: ['animated'],
      moments: [1, 2, 3, 4, 5, 6],
      fingerprint: new Uint8Array(64),
      crc32: 7,
      picture: { width: 2, height: 1, channels: 3 },
    });
  }
  const pixels = new Uint8Array(6 * pictures);
  const parts = [packHeader(), pixels, ...packEnd(index, HEADER_BYTES + pixels.length, createHash('sha256'))];
  return Uint8Array.from(Buffer.concat(parts));
}

export const target: Target = {
  seeds: () => [pack(0), pack(2), packHeader()],
  parse: async (bytes) => {
    const index = await readPackIndex({
      where: 'my.pack',
      size: bytes.length,
      read: async (position, length) => {
        if (position < 0 || position + length > bytes.length)
          throw new Error(`reads ${length} at ${position}`);
        return bytes.slice(position, position + length) as Uint8Array<ArrayBuffer>;
      },
    });
    for (let i = 0; i < index.length; i++) index.entry(i);
  },
  repair: (bytes) => {
    if (bytes.length < HEADER_BYTES + PLACES + HASH) return bytes;
    const copy = Uint8Array.from(bytes);
    const end = copy.length - HASH;
    const position = new DataView(copy.buffer).getFloat64(end - PLACES, true);
    if (!(position >= 0 && position <= end)) return bytes;
    copy.set(createHash('sha256').update(copy.subarray(position, end)).digest(), end);
    return copy;
  },
};
