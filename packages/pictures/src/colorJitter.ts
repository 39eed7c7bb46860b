import type { RawPicture } from '@residual/data';
import * as v from 'valibot';
import { below, between, drawsOf } from './draws.js';
import { adjustBrightness, adjustContrast, adjustSaturation } from './enhance.js';
import { adjustHue } from './hue.js';
import { defineStep } from './step.js';

const amount = v.optional(v.pipe(v.number(), v.finite(), v.minValue(0)), 0);

const adjustments = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
} as const;

type Adjustment = keyof typeof adjustments;

const names = Object.keys(adjustments) as Adjustment[];

/** How many numbers an example has: an order of four takes three, and a factor for each. */
const DRAWS = names.length - 1 + names.length;

/**
 * Changes brightness, contrast and saturation by factors from max(0, 1 - amount) to 1 + amount and turns the hue by -hue to hue
 * of the circle (at most 0.5), in an order that is drawn. What has the amount 0, the default, stays.
 *
 * Source: torchvision, `v2.ColorJitter` of PIL pictures.
 */
export const colorJitter = defineStep({
  name: 'colorJitter',
  parameters: v.strictObject({
    brightness: amount,
    contrast: amount,
    saturation: amount,
    hue: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)), 0),
  }),
  words: () => 'colours varied',
  augment: (amounts) => (picture, context) => {
    const draws = drawsOf(context, 'colorJitter', DRAWS);
    const factors = names.map((name, i) => {
      const [by, middle] = [amounts[name], name === 'hue' ? 0 : 1];
      const low = name === 'hue' ? -by : Math.max(0, 1 - by);
      return [name, by === 0 ? null : between(draws(names.length - 1 + i), low, middle + by)] as const;
    });
    return jitter(picture, shuffled(factors, draws));
  },
});

/** The adjustments one after the other; null leaves one out. */
export function jitter(
  picture: RawPicture,
  factors: readonly (readonly [name: Adjustment, factor: number | null])[],
): RawPicture {
  return factors.reduce(
    (current, [name, factor]) => (factor === null ? current : adjustments[name](current, factor)),
    picture,
  );
}

/** Fisher and Yates' shuffle, every order alike. */
function shuffled<T>(values: readonly T[], draws: (i: number) => number): T[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last--) {
    const chosen = below(draws(last - 1), last + 1);
    [order[last], order[chosen]] = [order[chosen]!, order[last]!];
  }
  return order;
}
