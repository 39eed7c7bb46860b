import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { filesFolder } from '../../test/files.js';
import { pngOf } from '../../test/pngOf.js';
import { decodePicture } from './decode.js';

const noise = (side: number) => {
  const data = new Uint8Array(side * side * 3);
  for (let i = 0, value = 1; i < data.length; i++) {
    value = (value * 1_103_515_245 + 12_345) % 2 ** 31;
    data[i] = value >> 16;
  }
  return sharp(data, { raw: { width: side, height: side, channels: 3 } });
};
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'PICTURE', message: expect.stringMatching(message) });
const MEGABYTE = 2 ** 20;

describe('decodePicture refuses what is no whole picture', () => {
  it.each<[string, (picture: Sharp) => Sharp]>([
    ['PNG', (picture) => picture.png()],
    ['interlaced PNG', (picture) => picture.png({ progressive: true })],
    ['16-bit PNG', (picture) => picture.toColourspace('rgb16').png()],
    ['JPEG', (picture) => picture.jpeg()],
    ['progressive JPEG', (picture) => picture.jpeg({ progressive: true })],
    ['WebP', (picture) => picture.webp()],
    ['lossless WebP', (picture) => picture.webp({ lossless: true })],
    ['AVIF', (picture) => picture.avif()],
    ['GIF', (picture) => picture.gif()],
  ])('82 a %s that is cut off, anywhere before its end', async (_, save) => {
    const bytes = await save(noise(32)).toBuffer();
    for (let part = 0; part < 40; part++) {
      const cut = bytes.subarray(0, Math.floor(((bytes.length - 20) * part) / 40));
      await expect(decodePicture(cut)).rejects.toThrow(expect.objectContaining({ code: 'PICTURE' }));
    }
  });

  it('82 a PNG with one wrong bit in its pixels', async () => {
    const bytes = await noise(32).png().toBuffer();
    bytes[bytes.length >> 1]! ^= 1;
    await expect(decodePicture(bytes)).rejects.toThrow(refused(/a damaged one/));
  });

  it('82 reads an animation whose first frame is whole', async () => {
    const bytes = readFileSync(join(filesFolder, 'animated.gif'));
    expect(await decodePicture(bytes.subarray(0, bytes.length - 20))).toMatchObject({ notes: ['animated'] });
  });
});

describe('decodePicture stays within its limits', () => {
  it('81, 140 a PNG of 2 MB that holds 30,000 x 30,000 pixels is refused before one is decoded', async () => {
    const bytes = pngOf({ width: 30_000, height: 30_000, rows: deflateSync(new Uint8Array(64 * MEGABYTE)) });
    const before = process.memoryUsage().rss;
    await expect(decodePicture(bytes, { where: 'bomb.png' })).rejects.toThrow(
      refused(
        /^bomb\.png: expected at most 120 million pixels, received 30000x30000\. Make the picture smaller, or raise maxPixels\.$/,
      ),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MEGABYTE);
  });

  it('140 an AVIF, WebP or GIF of many pixels is refused too, and read where the limit is raised', async () => {
    const blank = sharp({ create: { width: 1500, height: 1500, channels: 3, background: 'red' } });
    for (const bytes of [
      await blank.clone().avif().toBuffer(),
      await blank.clone().webp().toBuffer(),
      await blank.clone().gif().toBuffer(),
    ]) {
      const limited = decodePicture(bytes, { maxPixels: 2_000_000 });
      await expect(limited).rejects.toThrow(refused(/at most 2 million pixels, received 1500x1500/));
      expect(await decodePicture(bytes, { maxPixels: 2_250_000 })).toMatchObject({ width: 1500 });
    }
  });

  it('141 chunks that unpack to gigabytes, and pixels after the last row, take no memory', async () => {
    const zeros = deflateSync(new Uint8Array(256 * MEGABYTE));
    const text = Buffer.concat([Buffer.from('x\0\0'), zeros]);
    const before = process.memoryUsage().rss;
    const bombs = [
      pngOf({ before: Array.from({ length: 8 }, () => ['zTXt', text] as const) }),
      pngOf({ before: [['iCCP', text]] }),
      pngOf({ rows: zeros }),
    ];
    for (const bomb of bombs) expect(await decodePicture(bomb)).toMatchObject({ width: 1, height: 1 });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MEGABYTE);
  });

  it('142 a GIF of 100,000 frames is one picture', async () => {
    const gif = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .gif()
      .toBuffer();
    const frame = gif.subarray(gif.indexOf(Buffer.of(0x21, 0xf9)), -1);
    const bytes = Buffer.concat([
      gif.subarray(0, -1),
      ...Array.from({ length: 100_000 }, () => frame),
      Buffer.of(0x3b),
    ]);
    const picture = await decodePicture(bytes);
    expect([picture.width, [...picture.data], picture.notes]).toEqual([1, [255, 0, 0, 255], ['animated']]);
  });

  it('87 one that takes too long is refused in time, and those after it are read', async () => {
    const slow = await noise(4000).png({ compressionLevel: 1 }).toBuffer();
    const decoding = Array.from({ length: 4 }, () => decodePicture(slow, { seconds: 0.01 }));
    const refusals = await Promise.all(decoding.map((one) => one.catch((error: unknown) => error)));
    for (const refusal of refusals) {
      expect(refusal).toEqual(
        refused(/decoded in 0\.01 seconds, received one that takes longer\. .* or raise seconds/),
      );
    }
    // These wait for a thread for longer than they may take.
    const small = await noise(8).png().toBuffer();
    const after = await Promise.all(Array.from({ length: 8 }, () => decodePicture(small, { seconds: 1 })));
    expect(after.map(({ width }) => width)).toEqual(new Array(8).fill(8));
  });
});
