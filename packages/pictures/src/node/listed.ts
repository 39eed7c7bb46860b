import type { PassedOver } from '@residual/data';
import type { PackPart } from '../pack/packIndex.js';

/** Which files are pictures of which class, before any is read. */
export interface Listing {
  /** In the order of their numbers. */
  readonly classNames: readonly string[];
  /** A part of `''` is left to the split: either all are, or none. */
  readonly pictures: readonly { readonly path: string; readonly label: number; readonly part: PackPart }[];
  readonly passedOver: readonly PassedOver[];
}
