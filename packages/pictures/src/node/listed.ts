import type { PassedOver } from '@residual/data';

export type Part = 'train' | 'validation' | 'test';

/** Which files are pictures of which class, before any is read. */
export interface Listing {
  /** In the order of their numbers. */
  readonly classNames: readonly string[];
  readonly pictures: readonly { readonly path: string; readonly label: number; readonly part: Part }[];
  readonly passedOver: readonly PassedOver[];
}
