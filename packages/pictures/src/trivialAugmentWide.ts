import type { RawPicture } from '@residual/data';
import { rotate, shearX, shearY, translate } from './affine.js';
import { below, drawsOf } from './draws.js';
import {
  adjustBrightness,
  adjustContrast,
  adjustSaturation,
  adjustSharpness,
  opaqueChannelsOf,
} from './enhance.js';
import { autocontrast, equalize, posterize, solarize } from './levels.js';
import { defineStep } from './step.js';

/** How many magnitudes each operation has: number 0 changes least. */
const BINS = 31;

interface Operation {
  /** From number 0 to number 30, evenly. Left out by one that has no magnitude. */
  readonly magnitudes?: readonly [first: number, last: number];
  /** Whether a coin decides the sign of the magnitude. */
  readonly isSigned?: boolean;
  apply(picture: RawPicture, magnitude: number): RawPicture;
}

/** In torchvision's order and by its names, in camelCase. */
export const operations = {
  identity: { apply: (picture) => picture },
  shearX: { magnitudes: [0, 0.99], isSigned: true, apply: shearX },
  shearY: { magnitudes: [0, 0.99], isSigned: true, apply: shearY },
  translateX: { magnitudes: [0, 32], isSigned: true, apply: (p, by) => translate(p, Math.trunc(by), 0) },
  translateY: { magnitudes: [0, 32], isSigned: true, apply: (p, by) => translate(p, 0, Math.trunc(by)) },
  rotate: { magnitudes: [0, 135], isSigned: true, apply: rotate },
  brightness: { magnitudes: [0, 0.99], isSigned: true, apply: (p, by) => adjustBrightness(p, 1 + by) },
  color: { magnitudes: [0, 0.99], isSigned: true, apply: (p, by) => adjustSaturation(p, 1 + by) },
  contrast: { magnitudes: [0, 0.99], isSigned: true, apply: (p, by) => adjustContrast(p, 1 + by) },
  sharpness: { magnitudes: [0, 0.99], isSigned: true, apply: (p, by) => adjustSharpness(p, 1 + by) },
  posterize: { magnitudes: [8, 2], apply: (p, bits) => posterize(p, Math.round(bits)) },
  solarize: { magnitudes: [1, 0], apply: (p, share) => solarize(p, 255 * share) },
  autoContrast: { apply: autocontrast },
  equalize: { apply: equalize },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

const names = Object.keys(operations) as OperationName[];

/** How many numbers an example has: the operation, the magnitude, its sign. */
const DRAWS = 3;

/**
 * One of 14 changes of shape or colour, of one of 31 magnitudes, each as likely: nothing to tune. What geometry leaves free is
 * black, the nearest pixel is taken.
 *
 * Source: Müller and Hutter, "TrivialAugment" (arXiv:2103.10158), its wide space; torchvision, `v2.TrivialAugmentWide` of PIL
 * pictures.
 */
export const trivialAugmentWide = defineStep({
  name: 'trivialAugmentWide',
  words: () => 'one random operation of TrivialAugment each',
  augment: () => (picture, context) => {
    const draws = drawsOf(context, 'trivialAugmentWide', DRAWS);
    const name = names[below(draws(0), names.length)]!;
    return operate(picture, name, below(draws(1), BINS), draws(2) < 0.5);
  },
});

/**
 * @param bin the number of the magnitude, 0 to 30
 * @param isNegative turns the sign of the magnitude of an operation that has one
 */
export function operate(
  picture: RawPicture,
  name: OperationName,
  bin: number,
  isNegative: boolean,
): RawPicture {
  opaqueChannelsOf(picture);
  const { magnitudes, isSigned, apply }: Operation = operations[name];
  const magnitude = magnitudes ? magnitudeOf(magnitudes, bin) : 0;
  return apply(picture, isSigned && isNegative ? -magnitude : magnitude);
}

/** In float32, rounded once, from whichever end is nearer. Source: PyTorch, `linspace`, on a processor with fused multiply-add. */
export function magnitudeOf([first, last]: readonly [number, number], bin: number): number {
  const step = Math.fround(Math.fround(Math.fround(last) - first) / (BINS - 1));
  const isNearFirst = bin < (BINS - 1) / 2;
  return Math.fround(isNearFirst ? first + step * bin : Math.fround(last) - step * (BINS - 1 - bin));
}
