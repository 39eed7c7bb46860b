import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ExpectedPixels, FILES, filesFolder } from '../../test/files.js';
import { decodePicture } from './decode.js';
import { pictureHeader } from './header.js';

/** The largest and the mean difference of a decoded file's bytes from those that it must give. */
async function differenceOf(name: string, { width, height, rgba }: ExpectedPixels) {
  const picture = await decodePicture(join(filesFolder, name));
  const expected = Buffer.from(rgba, 'base64');
  expect(picture).toMatchObject({ width, height, data: { length: expected.length } });
  expect(await pictureHeader(join(filesFolder, name))).toMatchObject({ width, height });
  const differences = Array.from(expected, (byte, i) => Math.abs(byte - picture.data[i]!));
  return {
    largest: Math.max(...differences),
    mean: differences.reduce((sum, one) => sum + one, 0) / differences.length,
  };
}

describe('decodePicture gives the very pixels that a file was made of', () => {
  it.each(Object.entries({ ...FILES.png, ...FILES.png16, ...FILES.lossless }))(
    '84 %s',
    async (name, expected) => {
      expect((await differenceOf(name, expected)).largest).toBe(0);
    },
  );
});

describe('decodePicture decodes as Pillow does', () => {
  // AVIF's decoders round differently.
  it.each(Object.entries(FILES.lossy))('%s', async (name, expected) => {
    expect((await differenceOf(name, expected)).largest).toBeLessThanOrEqual(1);
  });
});

describe('decodePicture converts embedded profiles to sRGB, and takes broken ones for none', () => {
  it.each(Object.entries(FILES.profiles).filter(([name]) => name !== 'cmyk.jpg'))(
    '%s',
    async (name, expected) => {
      expect((await differenceOf(name, expected)).largest).toBeLessThanOrEqual(1);
    },
  );

  it('84 inks without a profile are those of a usual printer: near the colours that were printed', async () => {
    // Inverted, as inks are in a JPEG of Adobe's, the mean would be above 90.
    expect((await differenceOf('cmyk.jpg', FILES.profiles['cmyk.jpg']!)).mean).toBeLessThan(25);
  });
});

describe('decodePicture says what is worth knowing', () => {
  it.each(['png', 'webp', 'gif', 'avif'])(
    '88 of an animated .%s: its first frame was taken',
    async (ending) => {
      expect((await decodePicture(join(filesFolder, `animated.${ending}`))).notes).toEqual(['animated']);
      const { frames } = await pictureHeader(join(filesFolder, `animated.${ending}`));
      expect(frames).toBe(ending === 'avif' ? 2 : 3);
    },
  );

  it('of 16 bits whose values stay below 4,096', async () => {
    expect((await decodePicture(join(filesFolder, 'dark16.png'))).notes).toEqual(['dark 16 bit']);
    expect((await decodePicture(join(filesFolder, 'grey16.png'))).notes).toEqual([]);
  });
});
