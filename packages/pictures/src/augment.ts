import type { Augmentation, RawPicture } from '@residual/data';
import { randomStream } from '@residual/random';
import * as v from 'valibot';
import { crop } from './crop.js';
import { below, drawsOf, percent } from './draws.js';
import { channelsOf } from './grey.js';
import { defineStep } from './step.js';

/** Mirrors left and right with probability 1/2, drawn anew for each example in each epoch. */
export const randomFlip = defineStep({
  name: 'randomFlip',
  words: () => 'half of them mirrored left to right',
  mirrors: true,
  augment: () => flippedBy('randomFlip', 0.5),
});

/**
 * Mirrors left and right with `probability` (default 1/2), drawn anew for each example in each epoch.
 *
 * Source: torchvision, `v2.RandomHorizontalFlip`.
 */
export const horizontalFlip = defineStep({
  name: 'horizontalFlip',
  parameters: v.strictObject({
    probability: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.5),
  }),
  words: ({ probability }) => `${percent(probability)} of them mirrored left to right`,
  mirrors: true,
  augment: ({ probability }) => flippedBy('horizontalFlip', probability),
});

/**
 * Mirrors left and right every other epoch; which examples begin mirrored is drawn once. Over any two epochs in
 * a row the network sees each example both ways, where `randomFlip` repeats one of them half of the time.
 *
 * Source: K. Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU" (arXiv:2404.00498), section 3.6.
 */
export const alternatingFlip = defineStep({
  name: 'alternatingFlip',
  words: () => 'mirrored left to right every other epoch',
  mirrors: true,
  augment:
    () =>
    (picture, { seed, epoch, index }) => {
      const startsMirrored = randomStream({ seed, purpose: 'alternatingFlip' }).uniform(index) < 0.5;
      const oddEpoch = epoch % 2 === 1;
      return startsMirrored !== oddEpoch ? flipped(picture) : picture;
    },
});

/**
 * Pads the picture with `padding` black pixels on every side and cuts a random piece of the original size,
 * which amounts to moving it by -padding to +padding pixels each way. Usual are 2 for 28x28 and 4 for 32x32.
 */
export const shiftedCrop = defineStep({
  name: 'shiftedCrop',
  parameters: v.strictObject({ padding: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  words: ({ padding }) => `moved by up to ${padding} pixel${padding === 1 ? '' : 's'} each way`,
  augment:
    ({ padding }) =>
    (picture, context) => {
      const draws = drawsOf(context, 'shiftedCrop', 2);
      const [top, left] = [0, 1].map((i) => below(draws(i), 2 * padding + 1) - padding) as [number, number];
      return crop(picture, { top, left, height: picture.height, width: picture.width });
    },
});

/** By draws of this purpose: the same probability under another name mirrors others. */
function flippedBy(purpose: string, probability: number): Augmentation {
  return (picture, context) => (drawsOf(context, purpose, 1)(0) < probability ? flipped(picture) : picture);
}

/** The mirror image, left and right. */
export function flipped(picture: RawPicture): RawPicture {
  const { data, width, height } = picture;
  const channels = channelsOf(picture);
  const mirrored = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = (y * width + (width - 1 - x)) * channels;
      for (let channel = 0; channel < channels; channel++) mirrored[to + channel] = data[from + channel]!;
    }
  }
  return { data: mirrored, width, height };
}
