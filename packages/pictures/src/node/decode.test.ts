import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { pngOf } from '../../test/pngOf.js';
import { decodePicture } from './decode.js';

const folder = mkdtempSync(join(tmpdir(), 'residual-picture-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** 2 x 1 pixels: red, then half-transparent blue. */
const pixels = Buffer.of(255, 0, 0, 255, 0, 0, 255, 128);
const picture = () => sharp(pixels, { raw: { width: 2, height: 1, channels: 4 } });
const noise = sharp(Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31) & 255)), {
  raw: { width: 64, height: 64, channels: 3 },
});

const half = (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2);

describe('decodePicture', () => {
  it('gives the RGBA bytes of a PNG', async () => {
    const { data, width, height } = await decodePicture(file('a.png', await picture().png().toBuffer()));
    expect({ width, height, data: [...data] }).toEqual({ width: 2, height: 1, data: [...pixels] });
  });

  it('decodes a JPEG, whatever its name', async () => {
    const grey = sharp(Buffer.alloc(64, 200), { raw: { width: 8, height: 8, channels: 1 } });
    const { data, width } = await decodePicture(file('jpeg.png', await grey.jpeg().toBuffer()));
    expect(width).toBe(8);
    expect([...data.subarray(0, 4)]).toEqual([200, 200, 200, 255]);
  });

  it.each([
    ['16-bit', async () => picture().toColourspace('rgb16').png().toBuffer()],
    ['palette', async () => picture().png({ palette: true }).toBuffer()],
  ])('84 a %s PNG becomes 8-bit RGBA', async (name, bytes) => {
    const { data } = await decodePicture(file(`${name}.png`, await bytes()));
    expect([...data.subarray(0, 4)]).toEqual([255, 0, 0, 255]);
  });

  it('84 a CMYK JPEG becomes 8-bit RGBA', async () => {
    const bytes = await noise.clone().toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    expect((await decodePicture(file('cmyk.jpg', bytes))).data.length).toBe(64 * 64 * 4);
  });

  it('turns a picture upright that was taken on its side', async () => {
    const bytes = await picture().png().withMetadata({ orientation: 6 }).toBuffer();
    expect(await decodePicture(file('turned.png', bytes))).toMatchObject({ width: 1, height: 2 });
  });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>, RegExp]>([
    [
      '81 a header of 65,535 x 65,535',
      () => pngOf({ width: 65_535, height: 65_535 }),
      /at most 120 million pixels, received 65535x65535\. .* or raise maxPixels/,
    ],
    ['82 a PNG cut off', async () => half(await noise.png().toBuffer()), /received a damaged one/],
    ['82 a JPEG cut off', async () => half(await noise.jpeg().toBuffer()), /received a damaged one/],
    ['83 a text', () => Buffer.from('hello'), /begins with 68 65 6c 6c/],
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /received an SVG drawing/],
    ['an empty file', () => new Uint8Array(0), /received an empty file/],
  ])('refuses %s', async (name, bytes, message) => {
    const path = file(`${name.replaceAll(' ', '-')}.png`, await bytes());
    const reading = decodePicture(path);
    await expect(reading).rejects.toThrow(expect.objectContaining({ code: 'PICTURE' }));
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(path);
  });

  it('takes bytes, an ArrayBuffer, a Blob and a file URL as well', async () => {
    const bytes = new Uint8Array(await picture().png().toBuffer());
    const path = file('url.png', bytes);
    for (const one of [bytes, bytes.buffer, new Blob([bytes]), pathToFileURL(path)]) {
      expect(await decodePicture(one)).toMatchObject({ width: 2, height: 1 });
    }
    const named = decodePicture(new File(['hello'], 'notes.txt'));
    await expect(named).rejects.toThrow(expect.objectContaining({ code: 'PICTURE', where: 'notes.txt' }));
    await expect(decodePicture(7 as never)).rejects.toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });

  it('keeps to the limits that it is given', async () => {
    const bytes = await noise.clone().png().toBuffer();
    const limited = decodePicture(bytes, { maxBytes: 100, where: 'noise' });
    await expect(limited).rejects.toThrow(/^noise: expected at most 100 bytes, received \d+/);
    await expect(decodePicture(bytes, { maxPixels: 64 })).rejects.toThrow(/at most 0\.000064 million pixels/);
  });

  describe('field 14: a JPEG whose scan says that it holds coefficients 0 to 0, as Samsung writes it', () => {
    const asSamsung = async () => {
      const bytes = await noise.clone().jpeg().toBuffer();
      const scan = bytes.indexOf(Buffer.of(0xff, 0xda));
      const lastOfScan = scan + 2 + bytes.readUInt16BE(scan + 2) - 2;
      expect(bytes[lastOfScan]).toBe(63);
      return { bytes, samsung: Buffer.from(bytes).fill(0, lastOfScan, lastOfScan + 1) };
    };

    it('is decoded like any other', async () => {
      const { bytes, samsung } = await asSamsung();
      expect(await decodePicture(samsung)).toEqual(await decodePicture(bytes));
    });

    it('is decoded also while others fail, whose words libvips may give for its own', async () => {
      const { bytes, samsung } = await asSamsung();
      const expected = await decodePicture(bytes);
      const broken = half(bytes);
      for (let round = 0; round < 20; round++) {
        const refused = Array.from({ length: 4 }, () => decodePicture(broken).catch(() => {}));
        const decoded = await Promise.all(Array.from({ length: 4 }, () => decodePicture(samsung)));
        expect(
          decoded.every((one) => Buffer.compare(Buffer.from(one.data), Buffer.from(expected.data)) === 0),
        ).toBe(true);
        await Promise.all(refused);
      }
    });

    it('is refused where it is cut off', async () => {
      const { samsung } = await asSamsung();
      await expect(decodePicture(half(samsung))).rejects.toThrow(/received a damaged one/);
    });
  });

  it('says which file is not there', async () => {
    await expect(decodePicture(join(folder, 'none.png'))).rejects.toThrow(
      /none\.png: expected .* no such file/,
    );
  });
});
