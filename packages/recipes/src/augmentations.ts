import type { Augmentation } from '@residual/data';
import * as pictures from '@residual/pictures';

/** An augmentation as plain JSON. */
export type AugmentationName = 'alternatingFlip' | 'randomFlip';

export function augmentationsOf(names: readonly AugmentationName[]): Augmentation[] {
  return pictures.augmentationsOf(names.map((name) => ({ name })));
}
