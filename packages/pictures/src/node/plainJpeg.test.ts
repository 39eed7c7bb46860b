import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { damaged, plain, plainJpegs } from '../../test/jpegs.js';
import { decodePicture } from './decode.js';
import { jpegFacts } from './jpegHeader.js';
import { upright } from './upright.js';

const noise = (width: number, height: number) =>
  sharp(Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31 + (i >> 4)) & 255)), {
    raw: { width, height, channels: 3 },
  });

async function bySharp(bytes: Uint8Array) {
  const { data, width, height } = await decodePicture(bytes, { withoutAlpha: true });
  return { data: new Uint8Array(data), width, height };
}

describe('decodePlainJpeg', () => {
  it.each(plainJpegs)("gives sharp's bytes of %s", async (_, bytes) => {
    expect(plain(bytes)).toEqual(await bySharp(bytes));
  });

  it.each([
    [5, 3],
    [16, 16],
    [31, 9],
    [130, 70],
  ])("gives sharp's bytes of %d x %d pixels in each quality and subsampling", async (width, height) => {
    for (const quality of [1, 40, 90, 100]) {
      for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
        const bytes = await noise(width, height).jpeg({ quality, chromaSubsampling }).toBuffer();
        expect(plain(bytes)).toEqual(await bySharp(bytes));
      }
    }
  });

  it.each<[string, (picture: Sharp) => Sharp]>([
    ['progressive', (picture) => picture.jpeg({ progressive: true })],
    ['CMYK', (picture) => picture.toColourspace('cmyk').jpeg()],
    ['of two columns with half the colours', (picture) => picture.resize(2, 9).jpeg()],
  ])('leaves one that is %s to sharp', async (_, save) => {
    expect(plain(await save(noise(40, 30)).toBuffer())).toBeUndefined();
  });

  it.each(plainJpegs)(
    '82 takes nothing of a damaged %s that sharp refuses, and gives its bytes',
    async (_, bytes) => {
      let taken = 0;
      for (const file of damaged(bytes, 28, bytes.length)) {
        const picture = plain(file);
        if (picture === undefined) continue;
        expect(picture).toEqual(await bySharp(file));
        taken++;
      }
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThan(28);
    },
  );

  it('reads nothing beyond a file that is cut off anywhere', () => {
    const [, bytes] = plainJpegs[0]!;
    for (let length = 0; length < bytes.length; length++)
      expect(plain(bytes.subarray(0, length))).toBeUndefined();
    expect(plain(bytes)).toBeDefined();
  });
});

describe('upright', () => {
  it("is sharp's for each orientation", async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = await noise(21, 13).withMetadata({ orientation }).jpeg().toBuffer();
      const facts = jpegFacts(bytes)!;
      expect(facts.orientation).toBe(orientation);
      const withoutProfile = await sharp(bytes).keepExif().jpeg().toBuffer();
      const again = jpegFacts(withoutProfile)!;
      expect([again.orientation, again.header.hasProfile]).toEqual([orientation, false]);
      const turned = upright(plain(withoutProfile)!, orientation);
      expect({ ...turned, data: new Uint8Array(turned.data) }).toEqual(await bySharp(withoutProfile));
    }
  });
});
