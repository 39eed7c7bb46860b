import { type Augmentation, alternatingFlip, randomFlip } from '@residual/data';

const augmentations = { alternatingFlip, randomFlip } satisfies Record<string, () => Augmentation>;

/** An augmentation as plain JSON. */
export type AugmentationName = keyof typeof augmentations;

export function augmentationsOf(names: readonly AugmentationName[]): Augmentation[] {
  return names.map((name) => augmentations[name]());
}
