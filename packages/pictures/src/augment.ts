import type { PictureShape } from '@residual/data';
import { randomStream } from '@residual/random';
import * as v from 'valibot';
import { defineStep } from './step.js';

/** Mirrors left and right with probability 1/2, drawn anew for each example in each epoch. */
export const randomFlip = defineStep({
  name: 'randomFlip',
  augment:
    () =>
    (picture, { shape, seed, epoch, index }) => {
      const draw = randomStream({ seed, purpose: 'randomFlip', stream: epoch });
      if (draw.uniform(index) < 0.5) flip(picture, shape);
    },
});

/**
 * Mirrors left and right every other epoch; which examples begin mirrored is drawn once. Over any two epochs in
 * a row the network sees each example both ways, where `randomFlip` repeats one of them half of the time.
 *
 * Source: K. Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU" (arXiv:2404.00498), section 3.6.
 */
export const alternatingFlip = defineStep({
  name: 'alternatingFlip',
  augment:
    () =>
    (picture, { shape, seed, epoch, index }) => {
      const startsMirrored = randomStream({ seed, purpose: 'alternatingFlip' }).uniform(index) < 0.5;
      const oddEpoch = epoch % 2 === 1;
      if (startsMirrored !== oddEpoch) flip(picture, shape);
    },
});

/**
 * Pads the picture with `padding` black pixels on every side and cuts a random piece of the original size,
 * which amounts to moving it by -padding to +padding pixels each way. Usual are 2 for 28x28 and 4 for 32x32.
 */
export const shiftedCrop = defineStep({
  name: 'shiftedCrop',
  parameters: v.strictObject({ padding: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  augment:
    ({ padding }) =>
    (picture, { shape, seed, epoch, index }) => {
      const draw = randomStream({ seed, purpose: 'shiftedCrop', stream: epoch });
      const offset = (i: number) => Math.floor(draw.uniform(i) * (2 * padding + 1)) - padding;
      shift(picture, shape, offset(2 * index), offset(2 * index + 1));
    },
});

function flip(picture: Uint8Array, [height, width, channels]: PictureShape): void {
  const rowBytes = width * channels;
  for (let row = 0; row < height * rowBytes; row += rowBytes) {
    for (let x = 0; x < width >> 1; x++) {
      const left = row + x * channels;
      const right = row + (width - 1 - x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const kept = picture[left + channel]!;
        picture[left + channel] = picture[right + channel]!;
        picture[right + channel] = kept;
      }
    }
  }
}

/** The pixel at (y, x) becomes the one at (y + down, x + right); black where that lies outside. */
function shift(
  picture: Uint8Array,
  [height, width, channels]: PictureShape,
  down: number,
  right: number,
): void {
  const original = new Uint8Array(picture); // a copy; slice() of a Node Buffer would be a view
  picture.fill(0);
  const firstColumn = Math.max(0, -right);
  const columns = width - Math.abs(right);
  if (columns <= 0) return;
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
    const from = ((y + down) * width + firstColumn + right) * channels;
    picture.set(original.subarray(from, from + columns * channels), (y * width + firstColumn) * channels);
  }
}
