import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Task } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { PackPictures } from '../node/packPictures.js';
import { color } from '../steps.js';
import { HEADER_BYTES, type PackBytes, packEnd, packHeader, readPackIndex } from './packFormat.js';
import { emptyIndex, type PackEntry, type PackHead } from './packIndex.js';

const picture: Task['picture'] = { height: 4, width: 4, channels: 3 };
const head: PackHead = {
  classNames: ['a', 'ü'],
  picture,
  steps: [color()],
  decoder: 'a decoder',
  limits: { maxPixels: 1, maxBytes: 2, seconds: 0.5 },
  survey: { count: 3, classCount: 2, medianShortSide: 2, channels: 3 },
  broken: [{ file: 'a/bad.png', reason: 'bad', at: 1, stamp: { bytes: 3, modified: 1.5 } }],
};
const sizes = [
  [2, 3, 3],
  [1, 1, 1],
  [3, 2, 4],
] as const;

function entry(i: number): PackEntry & { pixels: Uint8Array } {
  const [height, width, channels] = sizes[i]!;
  const pixels = Uint8Array.from({ length: height * width * channels }, (_, at) => 16 * i + at);
  return {
    path: `a/${i}é.png`,
    stamp: { bytes: 100 + i, modified: 1e12 + i / 2 },
    sha256: new Uint8Array(32).fill(i + 1),
    label: i % 2,
    part: (['', 'train', 'test'] as const)[i]!,
    originalWidth: 70_000 + i,
    originalHeight: 5,
    isGrey: i === 1,
    notes: i === 2 ? ['animated', 'dark 16 bit'] : [],
    moments: [1, 2, 3, 4, 5, 6.5],
    fingerprint: new Uint8Array(64).fill(3 * i),
    crc32: crc32(pixels),
    picture: { width, height, channels },
    pixels,
  };
}

async function pack(change: (index: ReturnType<typeof emptyIndex>) => void = () => {}): Promise<Uint8Array> {
  const index = emptyIndex(head, 5);
  const parts: Uint8Array[] = [packHeader()];
  for (const i of sizes.keys()) {
    index.add(entry(i));
    parts.push(entry(i).pixels);
  }
  change(index);
  parts.push(...packEnd(index, Buffer.concat(parts).length, createHash('sha256')));
  return new Uint8Array(Buffer.concat(parts));
}

function inMemory(bytes: Uint8Array): PackBytes {
  return {
    where: 'my.pack',
    size: bytes.length,
    async read(position, length) {
      if (position < 0 || position + length > bytes.length)
        throw new Error(`read of ${length} at ${position}`);
      return bytes.slice(position, position + length) as Uint8Array<ArrayBuffer>;
    },
  };
}

/** With a hash that says that nothing happened to it. */
function signed(bytes: Uint8Array, change: (view: DataView, at: number) => void): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const position = view.getFloat64(copy.length - 48, true);
  change(view, position);
  copy.set(
    createHash('sha256')
      .update(copy.subarray(position, copy.length - 32))
      .digest(),
    copy.length - 32,
  );
  return copy;
}

describe('a pack', () => {
  it('says what it was told, and gives the pictures asked for in their order', async () => {
    const bytes = inMemory(await pack());
    const index = await readPackIndex(bytes);
    expect(index.head).toEqual(head);
    expect(index.length).toBe(3);
    for (const i of sizes.keys()) {
      const { pixels: _, ...told } = entry(i);
      expect(index.entry(i)).toEqual({ ...told, moments: Float64Array.from(told.moments) });
    }
    const reads: number[] = [];
    const counted = {
      ...bytes,
      read(at: number, length: number) {
        reads.push(length);
        return bytes.read(at, length);
      },
    };
    const pictures = new PackPictures(counted, index);
    const given = await pictures.read([2, 0, 1, 2]);
    expect(given.map((one) => [...one!.data])).toEqual([2, 0, 1, 2].map((i) => [...entry(i).pixels]));
    expect(given.map((one) => [one!.height, one!.width])).toEqual(
      [2, 0, 1, 2].map((i) => sizes[i]!.slice(0, 2)),
    );
    expect(reads).toEqual([18 + 1 + 24]); // at once
    await pictures.read([2, 0]);
    expect(reads.slice(1)).toEqual([18, 24]);
  });

  it('125 any one flipped bit is found: of the file when it is opened, of a picture when it is read', async () => {
    const whole = await pack();
    const index = new DataView(whole.buffer).getFloat64(whole.length - 48, true);
    for (let bit = 0; bit < 8 * whole.length; bit += 5) {
      const at = bit >> 3;
      const flipped = whole.slice();
      flipped[at]! ^= 1 << (bit & 7);
      const opened = await readPackIndex(inMemory(flipped)).catch((error) => error.code);
      if (at >= 12 && at < HEADER_BYTES) continue; // zeros that nobody reads
      if (at < HEADER_BYTES || at >= index) {
        expect([at, opened]).toEqual([at, expect.stringMatching(/^(FORMAT|VERSION)$/)]);
        continue;
      }
      const pictures = await new PackPictures(inMemory(flipped), opened).read([0, 1, 2]);
      expect(pictures.filter((one) => one === undefined)).toHaveLength(1);
    }
  });

  it('126 of another length, another kind, empty: refused', async () => {
    const whole = await pack();
    for (const length of [0, 7, 15, 16, 60, whole.length - 49, whole.length - 1]) {
      const cut = readPackIndex(inMemory(whole.subarray(0, length)));
      await expect(cut).rejects.toThrow(expect.objectContaining({ code: 'FORMAT', where: 'my.pack' }));
    }
    await expect(readPackIndex(inMemory(new Uint8Array(500)))).rejects.toThrow(/another kind of file/);
  });

  it('127 an older or newer version: refused in one sentence', async () => {
    const newer = await pack();
    newer[8] = 2;
    await expect(readPackIndex(inMemory(newer))).rejects.toThrow(
      expect.objectContaining({ code: 'VERSION', received: 'version 2' }),
    );
  });

  it.each<[string, (view: DataView, at: number) => void, RegExp]>([
    [
      'an index before the file',
      (view) => view.setFloat64(view.byteLength - 48, -8, true),
      /damaged at its end/,
    ],
    ['an index after it', (view) => view.setFloat64(view.byteLength - 48, 1e9, true), /damaged at its end/],
    [
      'half a position',
      (view) => view.setFloat64(view.byteLength - 48, Number.NaN, true),
      /damaged at its end/,
    ],
    ['a billion pictures', (view) => view.setFloat64(view.byteLength - 40, 1e9, true), /without 1000000000/],
    ['less than none', (view) => view.setFloat64(view.byteLength - 40, -1, true), /damaged at its end/],
    ['a long head', (view, at) => view.setUint32(at, 2 ** 32 - 1, true), /longer than its index/],
    ['a head that is no JSON', (view, at) => view.setUint8(at + 4, 0x7d), /no JSON/],
    ['a head that is no text', (view, at) => view.setUint8(at + 9, 0xff), /no JSON/],
  ])('128 one with the right hash and %s: refused', async (_, change, message) => {
    await expect(readPackIndex(inMemory(signed(await pack(), change)))).rejects.toThrow(message);
  });

  it.each<[string, (index: ReturnType<typeof emptyIndex>) => void, RegExp]>([
    ['a class that it has not', ({ columns }) => columns.label.set([2], 1), /class 2/],
    ['a part that there is not', ({ columns }) => columns.part.set([4], 1), /part 4/],
    ['an empty picture', ({ columns }) => columns.width.set([0], 1), /a picture of 1x0x1/],
    ['five channels', ({ columns }) => columns.channels.set([5], 1), /a picture of 1x1x5/],
    [
      'a picture that lies over the next',
      ({ columns }) => columns.width.set([2], 1),
      /43 bytes of pixels, of which pictures have 44/,
    ],
    ['a huge picture', ({ columns }) => columns.width.fill(2 ** 32 - 1), /pixels, of which pictures have/],
    ['a path that ends before it begins', ({ columns }) => columns.pathEnd.set([1], 1), /path/],
    ['steps that are none', (index) => Object.assign(index.head, { ...head, steps: 7 }), /steps/],
  ])('128 one with the right hash and %s: refused', async (_, change, message) => {
    const changed = await pack((index) => {
      Object.assign(index, { head: { ...head } });
      change(index);
    });
    const opening = readPackIndex(inMemory(changed));
    await expect(opening).rejects.toThrow(expect.objectContaining({ code: 'FORMAT' }));
    await expect(opening).rejects.toThrow(message);
  });
});
