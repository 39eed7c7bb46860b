import { DataError } from './errors.js';

/**
 * A decoded picture as browsers (`ImageData`) and decoders give it: 8 bits a channel, rows from top to bottom.
 * The number of channels is the length divided by the area: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
 */
export interface RawPicture {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** One byte a pixel: 0 is black. */
export interface GreyPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * The brightness of each pixel: L = (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down, which is
 * ITU-R BT.601's 0.299, 0.587, 0.114 in the integers that Pillow uses for `convert('L')`.
 *
 * @param background The grey level that lies behind transparent pixels. Default white, as on a web page.
 * @throws DataError `MISMATCH` when the data do not fill width x height with 1 to 4 channels.
 */
export function toGrey({ data, width, height }: RawPicture, background = 255): GreyPicture {
  const area = width * height;
  const channels = data.length / area;
  if (!(area > 0 && Number.isSafeInteger(width) && [1, 2, 3, 4].includes(channels))) {
    throw new DataError('MISMATCH', {
      where: 'picture',
      expected: `1 to 4 bytes for each of ${width}x${height} pixels`,
      received: `${data.length} bytes`,
      fix: 'Give the decoded pixels (not the PNG or JPEG file) with their width and height.',
    });
  }
  const hasAlpha = channels === 2 || channels === 4;
  const hasColor = channels >= 3;
  const grey = new Uint8Array(area);
  for (let pixel = 0; pixel < area; pixel++) {
    const at = pixel * channels;
    const alpha = hasAlpha ? data[at + channels - 1]! : 255;
    const over = (channel: number) =>
      Math.floor((data[at + channel]! * alpha + background * (255 - alpha) + 127) / 255);
    grey[pixel] = hasColor ? (19595 * over(0) + 38470 * over(1) + 7471 * over(2) + 32768) >> 16 : over(0);
  }
  return { data: grey, width, height };
}
