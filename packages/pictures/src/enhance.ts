import type { RawPicture } from '@residual/data';
import { PicturesError } from './error.js';
import { channelsOf, toColor, toGrey } from './grey.js';
import { type Table, throughTable } from './levels.js';

/**
 * Pillow's `ImageEnhance`: the picture is blended with one that lacks something, by `factor`: 0 gives that one, 1 the picture,
 * more exaggerates. `Image.blend` calculates in float32 and rounds down; source: Pillow, `Blend.c`.
 */
function blend(without: number, level: number, factor: number): number {
  return Math.max(
    0,
    Math.min(255, Math.trunc(Math.fround(without + Math.fround(factor * (level - without))))),
  );
}

function blendTable(without: number, factor: number): Table {
  const factor32 = Math.fround(factor);
  return Uint8Array.from({ length: 256 }, (_, level) => blend(without, level, factor32));
}

function blendPictures(without: RawPicture, { data, width, height }: RawPicture, factor: number): RawPicture {
  const factor32 = Math.fround(factor);
  const blended = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) blended[i] = blend(without.data[i]!, data[i]!, factor32);
  return { data: blended, width, height };
}

/**
 * 1 for a grey picture and 3 for one in colour.
 *
 * @throws PicturesError `MISMATCH` for a picture with alpha.
 */
export function opaqueChannelsOf(picture: RawPicture): 1 | 3 {
  const channels = channelsOf(picture);
  if (channels === 1 || channels === 3) return channels;
  throw new PicturesError('MISMATCH', {
    where: 'picture',
    expected: 'grey or red, green and blue, without alpha',
    received: `${channels} channels`,
    fix: 'Put the step grey or color before it.',
  });
}

/** Blends with black. */
export function adjustBrightness(picture: RawPicture, factor: number): RawPicture {
  opaqueChannelsOf(picture);
  return throughTable(picture, blendTable(0, factor));
}

/** Blends with a plain picture of the mean brightness. */
export function adjustContrast(picture: RawPicture, factor: number): RawPicture {
  opaqueChannelsOf(picture);
  const { data } = toGrey(picture);
  let sum = 0;
  for (const level of data) sum += level;
  return throughTable(picture, blendTable(Math.trunc(sum / data.length + 0.5), factor));
}

/** Blends with the grey picture; one that is grey stays as it is. */
export function adjustSaturation(picture: RawPicture, factor: number): RawPicture {
  if (opaqueChannelsOf(picture) === 1) return picture;
  return blendPictures(toColor(toGrey(picture)), picture, factor);
}

/** Blends with the smoothed picture. */
export function adjustSharpness(picture: RawPicture, factor: number): RawPicture {
  return blendPictures(smooth(picture), picture, factor);
}

/**
 * Each pixel with 5 parts of 13, its eight neighbours with one each, rounded; those at the edge stay as they are.
 * Pillow's `ImageFilter.SMOOTH` sums in float32, which can't come to another byte: no sum of thirteenths lies near a half.
 */
function smooth(picture: RawPicture): RawPicture {
  const { data, width, height } = picture;
  const channels = opaqueChannelsOf(picture);
  const rowBytes = width * channels;
  const smoothed = Uint8Array.from(data);
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * rowBytes + channels; i < (y + 1) * rowBytes - channels; i++) {
      let sum = 4 * data[i]!;
      for (let row = i - rowBytes; row <= i + rowBytes; row += rowBytes) {
        sum += data[row - channels]! + data[row]! + data[row + channels]!;
      }
      smoothed[i] = Math.floor(sum / 13 + 0.5);
    }
  }
  return { data: smoothed, width, height };
}
