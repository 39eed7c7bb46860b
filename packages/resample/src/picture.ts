import { axisOf, type Size } from './axis.js';
import type { Interpolation } from './coefficients.js';
import { ResampleError } from './error.js';
import { plainPasses } from './plainPasses.js';
import { vectorPasses } from './vectorPasses.js';

/** A picture as bytes: rows from the top, each pixel's 1 to 4 channels together. */
export interface BytePicture {
  /** `height * width * channels` bytes: grey, grey with alpha, RGB, or RGB with alpha. */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

export interface ResizePictureOptions {
  /** Default: `'bilinear'`. */
  readonly interpolation?: Interpolation;
}

/**
 * Whether Pillow, from version 13 on, resizes the height first and then the width; else it is the other way round, and since each
 * pass is rounded, other bytes: where the height loses pixels, and more than twice as many as the width does.
 *
 * Source: Pillow, `Resample.c`, `ImagingResampleInner`.
 */
export function isVerticalFirst(from: Size, to: Size): boolean {
  const lost = from[0] - to[0];
  return lost > 0 && lost > 2 * (from[1] - to[1]);
}

/**
 * Resizes an 8-bit picture as `Image.resize` of Pillow 13 does, byte for byte: half-pixel centres, antialiased when shrinking; a
 * horizontal and a vertical pass, each rounded to a whole level, the order as of `isVerticalFirst`. Of 2 and of 4 channels the
 * last is alpha, which weighs the others' pixels.
 *
 * Source: Pillow, `Resample.c`, `ImagingResampleHorizontal_8bpc` and `ImagingResampleVertical_8bpc`.
 *
 * @param picture [H, W, C], C from 1 to 4
 * @param height of the result, in pixels
 * @param width of the result, in pixels
 * @returns [height, width, C], in memory of its own
 * @throws ResampleError `ARGUMENT` for a size that is no positive integer, for bytes that don't fit the picture's size, and for an
 * unknown interpolation.
 */
export function resizePicture(
  picture: BytePicture,
  height: number,
  width: number,
  { interpolation = 'bilinear' }: ResizePictureOptions = {},
): { data: Uint8Array<ArrayBuffer>; width: number; height: number } {
  const channels = channelsOf(picture);
  const along = axisOf(picture.width, width, interpolation); // also checks what it is given
  const down = axisOf(picture.height, height, interpolation);
  const isSameSize = picture.height === height && picture.width === width;
  if (isSameSize) return { data: new Uint8Array(picture.data), width, height };
  const hasAlpha = channels % 2 === 0;
  const data = hasAlpha ? multipliedByAlpha(picture.data, channels) : picture.data; // [H, W, C]
  const axes = {
    along,
    down,
    isVerticalFirst: isVerticalFirst([picture.height, picture.width], [height, width]),
  };
  const resized = vectorPasses(data, axes, channels) ?? plainPasses(data, axes, channels); // [height, width, C]
  if (hasAlpha) divideByAlpha(resized, channels);
  return { data: resized, width, height };
}

/** Pillow's `MULDIV255`: colour * alpha / 255, rounded, in integers. Source: Pillow, `Convert.c`, `rgbA2rgba`. */
function multipliedByAlpha(picture: BytePicture['data'], channels: number): Uint8Array {
  const data = new Uint8Array(picture);
  for (let pixel = 0; pixel < data.length; pixel += channels) {
    const alpha = data[pixel + channels - 1]!;
    for (let i = pixel; i < pixel + channels - 1; i++) {
      const product = data[i]! * alpha + 128;
      data[i] = ((product >> 8) + product) >> 8;
    }
  }
  return data;
}

/** The way back; where alpha is 0 or 255 nothing changes. Source: Pillow, `Convert.c`, `rgba2rgbA`. */
function divideByAlpha(data: Uint8Array, channels: number): void {
  for (let pixel = 0; pixel < data.length; pixel += channels) {
    const alpha = data[pixel + channels - 1]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let i = pixel; i < pixel + channels - 1; i++) {
      data[i] = Math.min(255, Math.trunc((255 * data[i]!) / alpha));
    }
  }
}

function channelsOf({ data, width, height }: BytePicture): number {
  const channels = data.length / (width * height);
  if (Number.isInteger(channels) && channels >= 1 && channels <= 4) return channels;
  throw new ResampleError('ARGUMENT', {
    where: 'resizePicture: picture',
    expected: `1 to 4 bytes for each of ${height} x ${width} pixels`,
    received: `${data.length} bytes`,
    fix: 'Give all rows and channels of the picture, one byte each, and its own width and height.',
  });
}
