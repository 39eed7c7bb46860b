import type { RawPicture } from '@residual/data';
import { resizePicture } from '@residual/resample';
import * as v from 'valibot';
import { PicturesError } from './error.js';
import { fit } from './fit.js';
import { channelsOf, type GreyPicture, toColor, toGrey } from './grey.js';
import { lighten } from './ground.js';
import { defineStep } from './step.js';

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const level = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(255));
const background = v.optional(v.union([level, v.literal('contrast')]));

/**
 * One channel: brightness as Pillow's `convert('L')` weighs it. Transparent pixels lie over `background`, a level from 0
 * to 255; `contrast`, also where it is left out: over white, or over black where white would leave nothing to see.
 */
export const grey = defineStep({
  name: 'grey',
  parameters: v.strictObject({ background }),
  words: () => 'in grey',
  apply: (picture, { background }) => toGrey(picture, background),
  size: (_, before) => before,
});

/** Red, green and blue: grey becomes three equal channels; transparent pixels as in `grey`. */
export const color = defineStep({
  name: 'color',
  parameters: v.strictObject({ background }),
  words: () => 'in colour',
  apply: (picture, { background }) => toColor(picture, background),
  size: (_, before) => before,
});

/** A grey picture with a light ground becomes its negative; one with a dark ground stays as it is. */
export const lightOnDark = defineStep({
  name: 'lightOnDark',
  words: () => 'light on dark',
  apply: (picture) => lighten(requireGrey(picture, 'lightOnDark')),
  size: (_, before) => before,
});

/**
 * What a grey picture, light on dark, shows is scaled to fill height x width pixels and put in the middle of black ones,
 * as Fashion-MNIST's makers did. A picture of that size already stays as it is.
 */
export const fitSubject = defineStep({
  name: 'fitSubject',
  parameters: v.strictObject({ height: side, width: side }),
  words: ({ height, width }) => `what they show scaled to fill ${height}x${width}`,
  apply: (picture, { height, width }) => fit(requireGrey(picture, 'fitSubject'), height, width),
  size: ({ height, width }) => [height, width],
});

/** The whole picture as height x width pixels, whatever its own shape, to the bytes of Pillow's resize. */
export const stretch = defineStep({
  name: 'stretch',
  parameters: v.strictObject({
    height: side,
    width: side,
    interpolation: v.optional(v.picklist(['bilinear', 'bicubic']), 'bilinear'),
  }),
  words: ({ height, width }) => `stretched to ${height}x${width}`,
  apply: (picture, { height, width, interpolation }) => {
    channelsOf(picture);
    return resizePicture(picture, height, width, { interpolation });
  },
  size: ({ height, width }) => [height, width],
});

function requireGrey(picture: RawPicture, step: string): GreyPicture {
  const channels = channelsOf(picture);
  if (channels === 1) return picture as GreyPicture;
  throw new PicturesError('MISMATCH', {
    where: `step ${step}`,
    expected: 'a grey picture, one byte a pixel',
    received: `${channels} channels`,
    fix: 'Put the step grey before it.',
  });
}
