import type { RawPicture } from '@residual/data';
import * as v from 'valibot';
import { centerCrop, crop } from './crop.js';
import { channelsOf } from './grey.js';
import { defineStep, stepsOf } from './step.js';

/** How many pieces `fiveCrop` makes of a picture. */
export const FIVE_CROPS = 5;

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/**
 * Five pieces of height x width pixels, one above the other: the corners, left before right and top before bottom, and the middle.
 * Where a picture is smaller, black pixels are around it as in `centerCrop`. For test-time augmentation: `fiveCrops` of
 * `@residual/runs`.
 *
 * Source: torchvision, `v2.FiveCrop` of PIL pictures, which refuses smaller ones.
 */
export const fiveCrop = defineStep({
  name: 'fiveCrop',
  parameters: v.strictObject({ height: side, width: side }),
  words: ({ height, width }) => `the four corners and the middle, ${height}x${width} each`,
  crops: true,
  apply: (picture, size) => {
    const large = atLeast(picture, size);
    const [bottom, right] = [large.height - size.height, large.width - size.width];
    const corners = [0, bottom].flatMap((top) =>
      [0, right].map((left) => crop(large, { top, left, ...size })),
    );
    const pieces = [...corners, middle(large, size)];
    const bytes = size.height * size.width * channelsOf(large);
    const data = new Uint8Array(pieces.length * bytes);
    for (const [i, piece] of pieces.entries()) data.set(piece.data, i * bytes);
    return { data, width: size.width, height: pieces.length * size.height };
  },
  size: ({ height, width }) => [FIVE_CROPS * height, width],
});

function atLeast(picture: RawPicture, { height, width }: { height: number; width: number }): RawPicture {
  if (picture.height >= height && picture.width >= width) return picture;
  return middle(picture, {
    height: Math.max(height, picture.height),
    width: Math.max(width, picture.width),
  });
}

function middle(picture: RawPicture, size: { height: number; width: number }): RawPicture {
  return stepsOf([centerCrop(size)])(picture);
}
