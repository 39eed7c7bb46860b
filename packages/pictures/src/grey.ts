import type { RawPicture } from '@residual/data';
import { PicturesError } from './errors.js';

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
  const area = width * height;
  const channels = data.length / area;
  const isBytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray || ArrayBuffer.isView(data);
  if (isBytes && area > 0 && Number.isSafeInteger(width) && [1, 2, 3, 4].includes(channels)) {
    return channels as 1 | 2 | 3 | 4;
  }
  throw new PicturesError('MISMATCH', {
    where: 'picture',
    expected: `1 to 4 bytes for each of ${width}x${height} pixels`,
    received: `${data.length} bytes`,
    fix: 'Give the decoded pixels (not the PNG or JPEG file) with their width and height.',
  });
}

/**
 * The brightness of each pixel: L = (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down, which is
 * ITU-R BT.601's 0.299, 0.587, 0.114 in the integers that Pillow uses for `convert('L')`.
 *
 * @param background The grey level that lies behind transparent pixels. Default white, as on a web page.
 * @throws PicturesError `MISMATCH` when the data do not fill width x height with 1 to 4 channels.
 */
export function toGrey(picture: RawPicture, background = 255): GreyPicture {
  const { data, width, height } = picture;
  const channels = channelsOf(picture);
  const grey = new Uint8Array(width * height);
  const over = overlay(data, channels, background);
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const at = pixel * channels;
    grey[pixel] =
      channels >= 3
        ? (19595 * over(at, 0) + 38470 * over(at, 1) + 7471 * over(at, 2) + 32768) >> 16
        : over(at, 0);
  }
  return { data: grey, width, height };
}

/**
 * The red, green and blue of each pixel; grey becomes three equal channels.
 *
 * @param background The level of all three channels that lies behind transparent pixels. Default white.
 * @returns three bytes a pixel.
 * @throws PicturesError `MISMATCH` when the data do not fill width x height with 1 to 4 channels.
 */
export function toColor(picture: RawPicture, background = 255): RawPicture {
  const { data, width, height } = picture;
  const channels = channelsOf(picture);
  const color = new Uint8Array(width * height * 3);
  const over = overlay(data, channels, background);
  for (let i = 0; i < color.length; i++) {
    const channel = i % 3;
    color[i] = over(((i - channel) / 3) * channels, channels >= 3 ? channel : 0);
  }
  return { data: color, width, height };
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
