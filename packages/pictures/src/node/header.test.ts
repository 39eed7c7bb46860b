import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniforms } from '@residual/random';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { filesFolder } from '../../test/files.js';
import { folders } from '../../test/pictureFiles.js';
import { decodePicture } from './decode.js';
import { pictureHeader } from './header.js';
import { jpegHeader } from './jpegHeader.js';

const folder = folders();
const noise = () =>
  sharp(Buffer.from(Array.from({ length: 20 * 10 * 3 }, (_, i) => (i * i * 31) & 255)), {
    raw: { width: 20, height: 10, channels: 3 },
  });
const plain = { width: 20, height: 10, channels: 3, hasAlpha: false, bits: 8, frames: 1, hasProfile: false };

describe('pictureHeader', () => {
  it.each<[string, object, () => Sharp]>([
    ['PNG', {}, () => noise().png()],
    ['JPEG', {}, () => noise().jpeg()],
    ['WebP', {}, () => noise().webp()],
    ['AVIF', {}, () => noise().avif()],
    ['AVIF', { bits: 16 }, () => noise().avif({ bitdepth: 10 })],
    ['GIF', { hasAlpha: true }, () => noise().gif()],
    ['PNG', { channels: 1 }, () => noise().greyscale().toColourspace('b-w').png()],
    ['PNG', { hasAlpha: true, bits: 16 }, () => noise().ensureAlpha().toColourspace('rgb16').png()],
    ['JPEG', { channels: 1 }, () => noise().toColourspace('b-w').jpeg()],
    [
      'JPEG',
      { width: 10, height: 20, hasProfile: true },
      () => noise().withMetadata({ orientation: 6 }).jpeg(),
    ],
    ['JPEG', {}, () => noise().jpeg({ progressive: true })],
    ['JPEG', {}, () => noise().toColourspace('cmyk').jpeg()],
    ['JPEG', { hasProfile: true }, () => noise().withIccProfile('p3').jpeg()],
    [
      'JPEG',
      {},
      () =>
        noise()
          .withExif({ IFD0: { Artist: 'x' } })
          .jpeg(),
    ],
    ['PNG', { hasProfile: true }, () => noise().withIccProfile('p3').png()],
  ])('%s %j', async (kind, facts, make) => {
    const bytes = await make().toBuffer();
    const path = join(folder({}), 'picture');
    writeFileSync(path, bytes);
    const header = await pictureHeader(path);
    expect(header).toEqual({ kind, ...plain, ...facts });
    expect(await pictureHeader(new Uint8Array(bytes))).toEqual(header);
    expect(await decodePicture(bytes)).toMatchObject({ width: header.width, height: header.height });
  });

  // From a path sharp reads it, from bytes what reads JPEGs itself.
  it('is the same of a JPEG from a path and from its bytes, turned or damaged in any way', async () => {
    const path = join(folder({}), 'picture');
    const same = async (bytes: Uint8Array) => {
      writeFileSync(path, bytes);
      const header = await pictureHeader(path).catch(() => undefined);
      const ofBytes = jpegHeader(bytes);
      if (header !== undefined && ofBytes !== undefined) expect(ofBytes).toEqual(header);
      return ofBytes !== undefined;
    };
    for (let orientation = 1; orientation <= 8; orientation++) {
      expect(await same(await noise().withMetadata({ orientation }).jpeg().toBuffer())).toBe(true);
    }
    for (const name of readdirSync(filesFolder).filter((file) => file.endsWith('.jpg'))) {
      await same(readFileSync(join(filesFolder, name)));
    }
    const whole = await noise().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const draws = uniforms({ seed: 0, purpose: 'damage' }, 2 * 600);
    let read = 0;
    for (let i = 0; i < draws.length; i += 2) {
      const bytes = Uint8Array.from(whole);
      const where = draws[i]! < 0.5 ? 3 + 120 * draws[i]! : 3 + (whole.length - 3) * draws[i]!;
      bytes[Math.floor(where)] = 256 * draws[i + 1]!;
      if (await same(bytes)) read++;
    }
    expect(read).toBeGreaterThan(200);
  });

  it('reads no more than it must: a picture that is cut off has a header', async () => {
    const bytes = await noise().png().toBuffer();
    expect(await pictureHeader(bytes.subarray(0, bytes.length - 40))).toMatchObject({ width: 20 });
  });

  it('refuses what decodePicture refuses', async () => {
    const path = join(folder({ 'notes.png': 'hello' }), 'notes.png');
    await expect(pictureHeader(path)).rejects.toThrow(
      expect.objectContaining({ code: 'PICTURE', where: path }),
    );
    await expect(pictureHeader(`${path}x`)).rejects.toThrow(expect.objectContaining({ code: 'FILE' }));
    const noHeader = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
    await expect(pictureHeader(noHeader)).rejects.toThrow(
      /picture: expected a whole picture, received a damaged one/,
    );
    await expect(pictureHeader(new Uint8Array(9), { maxBytes: 8 })).rejects.toThrow(/at most 8 bytes/);
  });
});
