import {
  COEFFICIENT_BITS,
  type Interpolation,
  type ResizeCoefficients,
  resizeCoefficients,
} from './coefficients.js';
import { ResampleError } from './error.js';

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

/** One half, in fixed point: what is cut off after it is rounded. */
const HALF = 1 << (COEFFICIENT_BITS - 1);

/** [height, width], in pixels. */
type Size = readonly [height: number, width: number];

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
  const along = knownCoefficients(picture.width, width, interpolation); // also checks what it is given
  const down = knownCoefficients(picture.height, height, interpolation);
  const isSameSize = picture.height === height && picture.width === width;
  if (isSameSize) return { data: new Uint8Array(picture.data), width, height };
  const hasAlpha = channels % 2 === 0;
  let data = hasAlpha ? multipliedByAlpha(picture.data, channels) : picture.data; // [H, W, C]
  const verticalFirst = isVerticalFirst([picture.height, picture.width], [height, width]);
  if (verticalFirst) data = resizeDown(data, height, picture.width * channels, down); // [height, W, C]
  if (picture.width !== width) data = resizeAlong(data, picture.width, width, channels, along); // [., width, C]
  if (!verticalFirst && picture.height !== height) data = resizeDown(data, height, width * channels, down);
  const resized = data as Uint8Array<ArrayBuffer>; // one pass at least, as a side has another length
  if (hasAlpha) divideByAlpha(resized, channels);
  return { data: resized, width, height };
}

/** Coefficients, and how many each output has before the zeros that it ends with. */
interface Counted extends ResizeCoefficients {
  counts: Int32Array;
}

const known = new Map<string, Counted>();
/** Of axes that are remembered: pictures of one camera have one size. */
const MOST_KNOWN = 64;

/** The same of an axis as `resizeCoefficients`, computed once while not too many others are asked for. */
function knownCoefficients(from: number, to: number, interpolation: Interpolation): Counted {
  const key = `${from} ${to} ${interpolation}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const { taps, first, coefficients } = resizeCoefficients(from, to, interpolation);
  const counts = first.map((_, i) => {
    let count = taps;
    while (count > 1 && coefficients[i * taps + count - 1] === 0) count--;
    return count;
  });
  if (known.size === MOST_KNOWN) known.clear();
  const counted = { taps, first, coefficients, counts };
  known.set(key, counted);
  return counted;
}

/** x [rows, from, channels] to [rows, to, channels]. */
function resizeAlong(
  x: BytePicture['data'],
  from: number,
  to: number,
  channels: number,
  { taps, first, coefficients, counts }: Counted,
): Uint8Array<ArrayBuffer> {
  const rows = x.length / (from * channels);
  const out = new Uint8ClampedArray(rows * to * channels); // a cubic's sums may leave the range
  if (channels === 3) {
    // All channels of a pixel at once: most pictures have three, and so it takes half the time.
    for (let row = 0, at = 0; row < rows; row++) {
      for (let i = 0; i < to; i++, at += 3) {
        let pixel = (row * from + first[i]!) * 3;
        const last = i * taps + counts[i]!;
        let red = HALF;
        let green = HALF;
        let blue = HALF;
        for (let t = i * taps; t < last; t++, pixel += 3) {
          const coefficient = coefficients[t]!;
          red = (red + Math.imul(x[pixel]!, coefficient)) | 0;
          green = (green + Math.imul(x[pixel + 1]!, coefficient)) | 0;
          blue = (blue + Math.imul(x[pixel + 2]!, coefficient)) | 0;
        }
        out[at] = red >> COEFFICIENT_BITS;
        out[at + 1] = green >> COEFFICIENT_BITS;
        out[at + 2] = blue >> COEFFICIENT_BITS;
      }
    }
    return new Uint8Array(out.buffer);
  }
  for (let row = 0, at = 0; row < rows; row++) {
    for (let i = 0; i < to; i++) {
      const start = (row * from + first[i]!) * channels;
      const count = counts[i]!;
      for (let channel = 0; channel < channels; channel++) {
        let sum = HALF;
        for (let t = 0; t < count; t++) {
          sum = (sum + Math.imul(x[start + t * channels + channel]!, coefficients[i * taps + t]!)) | 0;
        }
        out[at++] = sum >> COEFFICIENT_BITS;
      }
    }
  }
  return new Uint8Array(out.buffer);
}

/** x [from, rowLength] to [to, rowLength]. */
function resizeDown(
  x: BytePicture['data'],
  to: number,
  rowLength: number,
  { taps, first, coefficients, counts }: Counted,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8ClampedArray(to * rowLength);
  const sums = new Int32Array(rowLength);
  for (let i = 0, at = 0; i < to; i++) {
    const count = counts[i]!;
    sums.fill(HALF);
    for (let t = 0; t < count; t++) {
      const coefficient = coefficients[i * taps + t]!;
      if (coefficient === 0) continue;
      const start = (first[i]! + t) * rowLength;
      for (let j = 0; j < rowLength; j++) sums[j] = sums[j]! + Math.imul(x[start + j]!, coefficient);
    }
    for (let j = 0; j < rowLength; j++) out[at++] = sums[j]! >> COEFFICIENT_BITS;
  }
  return new Uint8Array(out.buffer);
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
