import type { RawPicture } from '@residual/data';
import { cos, sin } from '@residual/random';
import { channelsOf } from './grey.js';

/** Where the pixel (x, y) of the result comes from: (a x + b y + c, d x + e y + f). */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Moves each row to the left by `factor` of its distance from the top. Source: torchvision, `ShearX` of `TrivialAugmentWide`. */
export function shearX(picture: RawPicture, factor: number): RawPicture {
  return transform(picture, [1, factor, 0, 0, 1, 0]);
}

/** Moves each column up by `factor` of its distance from the left. Source: as of `shearX`. */
export function shearY(picture: RawPicture, factor: number): RawPicture {
  return transform(picture, [1, 0, 0, factor, 1, 0]);
}

/** Moves the picture by whole pixels to the right and down. */
export function translate(picture: RawPicture, right: number, down: number): RawPicture {
  return transform(picture, [1, 0, -right, 0, 1, -down]);
}

/**
 * Turns the picture about its middle, counterclockwise.
 *
 * Source: Pillow, `Image.rotate`; sine and cosine are rounded to 15 digits there too.
 */
export function rotate(picture: RawPicture, degrees: number): RawPicture {
  const angle = -degrees * (Math.PI / 180);
  const cosine = rounded(cos(angle));
  const sine = rounded(sin(angle));
  const x = picture.width / 2;
  const y = picture.height / 2;
  return transform(picture, [
    cosine,
    sine,
    cosine * -x + sine * -y + x,
    -sine,
    cosine,
    -sine * -x + cosine * -y + y,
  ]);
}

const rounded = (value: number): number => Number(value.toFixed(15));

const FIXED = 2 ** 16;
const fixed = (value: number): number => Math.floor(value * FIXED + 0.5);

/**
 * The nearest pixel of where each comes from, black where that lies outside.
 *
 * Source: Pillow, `Geometry.c`, `affine_fixed`: with 16 bits after the point, which it uses for sides of less than 32,768 pixels.
 */
function transform(picture: RawPicture, [a, b, c, d, e, f]: Matrix): RawPicture {
  const { data, width, height } = picture;
  const channels = channelsOf(picture);
  const moved = new Uint8Array(data.length);
  const [right, down] = [fixed(a), fixed(d)];
  for (let y = 0; y < height; y++) {
    let fromX = fixed(c + a * 0.5 + b * 0.5) + y * fixed(b);
    let fromY = fixed(f + d * 0.5 + e * 0.5) + y * fixed(e);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(fromX / FIXED);
      const row = Math.floor(fromY / FIXED);
      if (column >= 0 && column < width && row >= 0 && row < height) {
        const from = (row * width + column) * channels;
        const to = (y * width + x) * channels;
        for (let channel = 0; channel < channels; channel++) moved[to + channel] = data[from + channel]!;
      }
      fromX += right;
      fromY += down;
    }
  }
  return { data: moved, width, height };
}
