import type { RawPicture } from '@residual/data';
import { exp, log } from '@residual/random';
import { type Interpolation, resizePicture } from '@residual/resample';
import * as v from 'valibot';
import { type Box, crop, interpolation, level } from './crop.js';
import { below, between, type Draws, drawsOf, percent } from './draws.js';
import { opaqueChannelsOf } from './enhance.js';
import { PicturesError } from './error.js';
import { defineStep } from './step.js';

/** How often a box is drawn anew that doesn't fit. */
const TRIES = 10;

/** How many numbers an example has: an area and a ratio for each try, a place, and one for whatever else. */
const DRAWS = 2 * TRIES + 3;

const inOrder = v.check<[number, number], string>(([low, high]) => low <= high, 'the smaller number first');
const range = (low: number, high: number) => {
  const bound = v.pipe(v.number(), v.minValue(low), v.maxValue(high));
  return v.pipe(v.tuple([bound, bound]), inOrder);
};
const SMALLEST = 2 ** -10;

/** Of boxes: the share of the picture's area, and the ratio of the sides; both drawn evenly, the ratio by its logarithm. */
interface BoxRange {
  readonly scale: readonly [number, number];
  readonly ratio: readonly [number, number];
}

/**
 * A piece of the picture of a random place, area and shape, resized to the batch's height and width.
 *
 * Of the task's steps those at the end that crop are left out: it takes its piece of the picture that they would get.
 *
 * Source: torchvision, `v2.RandomResizedCrop` of PIL pictures; Szegedy et al., arXiv:1409.4842, section 6.
 */
export const randomResizedCrop = defineStep({
  name: 'randomResizedCrop',
  parameters: v.strictObject({
    scale: v.optional(range(SMALLEST, 1), [0.08, 1]),
    ratio: v.optional(range(SMALLEST, 1 / SMALLEST), [3 / 4, 4 / 3]),
    interpolation,
  }),
  words: ({ scale: [low, high] }) =>
    `a random piece of ${percent(low)} to ${percent(high)} of the area, resized`,
  crops: true,
  augment:
    ({ interpolation, ...range }) =>
    (picture, context) => {
      const [height, width] = context.shape;
      const box = cropBox(picture, range, drawsOf(context, 'randomResizedCrop', DRAWS));
      return resizedCrop(picture, box, [height, width], interpolation);
    },
});

/** The piece of the picture, resized. */
export function resizedCrop(
  picture: RawPicture,
  box: Box,
  [height, width]: readonly [height: number, width: number],
  interpolation: Interpolation,
): RawPicture {
  return resizePicture(crop(picture, box), height, width, { interpolation });
}

/** A box that fits; the largest one in the middle whose ratio is in the range where none did. */
export function cropBox({ width, height }: RawPicture, range: BoxRange, draws: Draws): Box {
  const [low, high] = range.ratio;
  for (let i = 0; i < TRIES; i++) {
    const { area, ratio } = drawn(width * height, range, draws, i);
    const box = { height: Math.round(Math.sqrt(area / ratio)), width: Math.round(Math.sqrt(area * ratio)) };
    const fits = box.height > 0 && box.width > 0 && box.height <= height && box.width <= width;
    if (fits) return placed(box, width, height, draws);
  }
  const box = { height, width };
  if (width / height < low) box.height = Math.min(height, Math.max(1, Math.round(width / low)));
  else if (width / height > high) box.width = Math.min(width, Math.max(1, Math.round(height * high)));
  return { ...box, top: Math.floor((height - box.height) / 2), left: Math.floor((width - box.width) / 2) };
}

/**
 * With `probability` (default 0.5) fills a random box with `value` (default 0): a level, or one for each channel. torchvision
 * erases after normalisation, where 0 is the mean: give the mean's levels for the same.
 *
 * Source: torchvision, `v2.RandomErasing` of PIL pictures; Zhong et al., arXiv:1708.04896.
 */
export const randomErasing = defineStep({
  name: 'randomErasing',
  parameters: v.strictObject({
    probability: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.5),
    scale: v.optional(range(0, 1), [0.02, 0.33]),
    ratio: v.optional(range(SMALLEST, 1 / SMALLEST), [0.3, 3.3]),
    value: v.optional(v.union([level, v.array(level)]), 0),
  }),
  words: ({ probability }) => `a random box erased in ${percent(probability)} of them`,
  augment:
    ({ probability, value, ...range }) =>
    (picture, context) => {
      const draws = drawsOf(context, 'randomErasing', DRAWS);
      const levels = levelsOf(picture, value);
      const box = draws(DRAWS - 1) < probability ? eraseBox(picture, range, draws) : null;
      return box === null ? picture : erase(picture, box, levels);
    },
});

/** The picture with the box filled with a level for each channel. */
export function erase(
  picture: RawPicture,
  { top, left, height, width }: Box,
  levels: readonly number[],
): RawPicture {
  const data = Uint8Array.from(picture.data);
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) data.set(levels, (y * picture.width + x) * levels.length);
  }
  return { data, width: picture.width, height: picture.height };
}

/** A box smaller than the picture in both directions; null where none of them was. */
export function eraseBox({ width, height }: RawPicture, range: BoxRange, draws: Draws): Box | null {
  for (let i = 0; i < TRIES; i++) {
    const { area, ratio } = drawn(width * height, range, draws, i);
    const box = { height: Math.round(Math.sqrt(area * ratio)), width: Math.round(Math.sqrt(area / ratio)) };
    if (box.height < height && box.width < width) return placed(box, width, height, draws);
  }
  return null;
}

function drawn(area: number, { scale, ratio }: BoxRange, draws: Draws, i: number) {
  return {
    area: area * between(draws(2 * i), ...scale),
    ratio: exp(between(draws(2 * i + 1), log(ratio[0]), log(ratio[1]))),
  };
}

function placed(box: Pick<Box, 'height' | 'width'>, width: number, height: number, draws: Draws): Box {
  return {
    ...box,
    top: below(draws(2 * TRIES), height - box.height + 1),
    left: below(draws(2 * TRIES + 1), width - box.width + 1),
  };
}

function levelsOf(picture: RawPicture, value: number | readonly number[]): readonly number[] {
  const channels = opaqueChannelsOf(picture);
  if (typeof value === 'number') return new Array(channels).fill(value);
  if (value.length === channels) return value;
  throw new PicturesError('MISMATCH', {
    where: 'step randomErasing: value',
    expected: `a level for each of ${channels} channels`,
    received: `${value.length}`,
    fix: 'Give one level, or as many as the picture has channels.',
  });
}
