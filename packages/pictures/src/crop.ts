import type { RawPicture } from '@residual/data';
import { type Interpolation, resizePicture } from '@residual/resample';
import * as v from 'valibot';
import { channelsOf } from './grey.js';
import { defineStep, type PictureSize } from './step.js';

/** A piece of a picture, in pixels from its top left corner; it may reach beyond the picture. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The pixels of the box, `value` in every channel where it lies outside of the picture.
 *
 * Source: torchvision, `functional.crop` and `pad` of PIL pictures.
 */
export function crop(picture: RawPicture, { top, left, height, width }: Box, value = 0): RawPicture {
  const channels = channelsOf(picture);
  const cropped = new Uint8Array(height * width * channels).fill(value);
  const begin = Math.max(0, -left);
  const end = Math.min(width, picture.width - left);
  if (end <= begin) return { data: cropped, width, height };
  for (let y = Math.max(0, -top); y < Math.min(height, picture.height - top); y++) {
    const from = ((top + y) * picture.width + left) * channels;
    const row = picture.data.subarray(from + begin * channels, from + end * channels);
    cropped.set(row, (y * width + begin) * channels);
  }
  return { data: cropped, width, height };
}

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const margin = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const level = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(255));
export const interpolation = v.optional(
  v.picklist(['bilinear', 'bicubic'] satisfies Interpolation[]),
  'bilinear',
);

/**
 * The whole picture, its shorter side `size` pixels long, the longer one as many as keep its shape, rounded down.
 *
 * Source: torchvision, `v2.Resize(size)` of PIL pictures.
 */
export const resizeShortSide = defineStep({
  name: 'resizeShortSide',
  parameters: v.strictObject({ size: side, interpolation }),
  words: ({ size }) => `the shorter side made ${size} pixels`,
  apply: (picture, { size, interpolation }) => {
    channelsOf(picture);
    const [height, width] = shortSideSize([picture.height, picture.width], size);
    if (picture.height === height && picture.width === width) return picture;
    return resizePicture(picture, height, width, { interpolation });
  },
  size: ({ size }, before) => before && shortSideSize(before, size),
});

function shortSideSize([height, width]: PictureSize, size: number): PictureSize {
  if (width <= height) return [Math.trunc((size * height) / width), size];
  return [size, Math.trunc((size * width) / height)];
}

/**
 * The middle height x width pixels; black ones around a picture that is smaller.
 *
 * Source: torchvision, `v2.CenterCrop` of PIL pictures: an odd pixel is cut off so that the remaining margins' halves are even,
 * and added at the bottom and on the right.
 */
export const centerCrop = defineStep({
  name: 'centerCrop',
  parameters: v.strictObject({ height: side, width: side }),
  words: ({ height, width }) => `the middle ${height}x${width}`,
  crops: true,
  apply: (picture, { height, width }) =>
    crop(picture, {
      top: beforeMiddle(picture.height, height),
      left: beforeMiddle(picture.width, width),
      height,
      width,
    }),
  size: ({ height, width }) => [height, width],
});

/** Where the middle `to` of `from` pixels begin: Python's `round((from - to) / 2)`, halves to the even; -floor((to - from) / 2). */
function beforeMiddle(from: number, to: number): number {
  const half = (from - to) / 2;
  if (half < 0) return Math.ceil(half);
  return Number.isInteger(half) || Math.floor(half) % 2 === 1 ? Math.ceil(half) : Math.floor(half);
}

/**
 * Adds `padding` pixels on every side, or [left, top, right, bottom] ones, of `value` (default 0, black).
 *
 * Source: torchvision, `v2.Pad` of PIL pictures.
 */
export const pad = defineStep({
  name: 'pad',
  parameters: v.strictObject({
    padding: v.union([margin, v.tuple([margin, margin, margin, margin])]),
    value: v.optional(level, 0),
  }),
  words: ({ padding }) => `padded by ${padding} pixels`,
  crops: true,
  apply: (picture, { padding, value }) => {
    const [left, top, right, bottom] = marginsOf(padding);
    const height = top + picture.height + bottom;
    const width = left + picture.width + right;
    return crop(picture, { top: -top, left: -left, height, width }, value);
  },
  size: ({ padding }, before) => {
    const [left, top, right, bottom] = marginsOf(padding);
    return before && [top + before[0] + bottom, left + before[1] + right];
  },
});

type Margins = readonly [left: number, top: number, right: number, bottom: number];

function marginsOf(padding: number | Margins): Margins {
  return typeof padding === 'number' ? [padding, padding, padding, padding] : padding;
}
