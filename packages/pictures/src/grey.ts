import type { RawPicture } from '@residual/data';
import { PicturesError } from './error.js';

/** One byte a pixel: 0 is black. */
export interface GreyPicture extends RawPicture {
  readonly data: Uint8Array;
}

/**
 * How many bytes each pixel has: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
 *
 * @throws PicturesError `MISMATCH` when the data do not fill width x height with 1 to 4 channels.
 */
export function channelsOf({ data, width, height }: RawPicture): 1 | 2 | 3 | 4 {
  const type = Object.prototype.toString.call(data).slice(8, -1); // another realm has classes of its own
  const isBytes = type === 'Uint8Array' || type === 'Uint8ClampedArray';
  const channels = isBytes ? data.length / (width * height) : Number.NaN;
  const isSize = Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0;
  if (isSize && [1, 2, 3, 4].includes(channels)) return channels as 1 | 2 | 3 | 4;
  throw new PicturesError('MISMATCH', {
    where: 'picture',
    expected: `1 to 4 bytes for each of ${width}x${height} pixels, as a Uint8Array or a Uint8ClampedArray`,
    received: isBytes ? `${data.length} bytes` : `data of the type ${type}`,
    fix: 'Give the decoded pixels (not the PNG or JPEG file) with their width and height.',
  });
}

/** Whether all three channels are the same everywhere. @param data of RGB pixels */
export function isGrey(data: RawPicture['data']): boolean {
  for (let at = 0; at < data.length; at += 3) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
  }
  return true;
}

/** What lies behind transparent pixels: a level from 0 to 255, or white where that leaves something to see, else black. */
export type Background = number | 'contrast';

/**
 * The brightness of each pixel: L = (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down, which is
 * ITU-R BT.601's 0.299, 0.587, 0.114 in the integers that Pillow uses for `convert('L')`.
 *
 * @throws PicturesError `MISMATCH` when the data do not fill width x height with 1 to 4 channels.
 */
export function toGrey(picture: RawPicture, background: Background = 'contrast'): GreyPicture {
  const channels = channelsOf(picture);
  if (channels === 1 && isPlain(picture)) return picture; // nothing to do: a data set has tens of thousands
  return over(picture, channels, levelOf(background, picture, channels));
}

function over({ data, width, height }: RawPicture, channels: number, background: number): GreyPicture {
  const grey = new Uint8Array(width * height);
  if (channels === 3) {
    // Most pictures have three: several times as fast.
    for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 3) {
      grey[pixel] = brightness(data[at]!, data[at + 1]!, data[at + 2]!);
    }
    return { data: grey, width, height };
  }
  const level = overlay(data, channels, background);
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const at = pixel * channels;
    grey[pixel] = channels === 4 ? brightness(level(at, 0), level(at, 1), level(at, 2)) : level(at, 0);
  }
  return { data: grey, width, height };
}

/** L of `toGrey`. */
function brightness(red: number, green: number, blue: number): number {
  return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
}

/**
 * The red, green and blue of each pixel; grey becomes three equal channels.
 *
 * @returns three bytes a pixel; the picture itself where it has them.
 * @throws PicturesError `MISMATCH` when the data do not fill width x height with 1 to 4 channels.
 */
export function toColor(picture: RawPicture, background: Background = 'contrast'): RawPicture {
  const { data, width, height } = picture;
  const channels = channelsOf(picture);
  if (channels === 3 && isPlain(picture)) return picture;
  const color = new Uint8Array(width * height * 3);
  if (channels >= 3 && isOpaque(data, channels)) {
    // Most pictures are, and nothing shines through: several times as fast.
    for (let at = 0, to = 0; to < color.length; at += channels, to += 3) {
      color[to] = data[at]!;
      color[to + 1] = data[at + 1]!;
      color[to + 2] = data[at + 2]!;
    }
    return { data: color, width, height };
  }
  const level = overlay(data, channels, levelOf(background, picture, channels));
  for (let i = 0; i < color.length; i++) {
    const channel = i % 3;
    color[i] = level(((i - channel) / 3) * channels, channels >= 3 ? channel : 0);
  }
  return { data: color, width, height };
}

function isPlain(picture: RawPicture): picture is GreyPicture {
  return Object.prototype.toString.call(picture.data) === '[object Uint8Array]';
}

function isOpaque(data: RawPicture['data'], channels: number): boolean {
  if (channels === 1 || channels === 3) return true;
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== 255) return false;
  return true;
}

/** White that is seen as such: nothing on white paper is that light. */
const NEARLY_WHITE = 255 * 0.95;

/** A level as it is; for `contrast`, black only behind ink so light that white would hide all of it. */
function levelOf(background: Background, picture: RawPicture, channels: number): number {
  if (background !== 'contrast') return background;
  if (channels === 1 || channels === 3) return 255;
  return over(picture, channels, 255).data.every((level) => level >= NEARLY_WHITE) ? 0 : 255;
}

/** A channel of the pixel whose bytes begin at `at`, laid over the background where it is transparent. */
function overlay(
  data: RawPicture['data'],
  channels: number,
  background: number,
): (at: number, channel: number) => number {
  if (channels === 1 || channels === 3) return (at, channel) => data[at + channel]!;
  return (at, channel) => {
    const alpha = data[at + channels - 1]!;
    return Math.floor((data[at + channel]! * alpha + background * (255 - alpha) + 127) / 255);
  };
}
