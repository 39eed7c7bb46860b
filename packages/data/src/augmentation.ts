import type { PictureShape } from './dataset.js';

/** Everything that may decide how a picture is changed, so that a resumed run changes it the same way. */
export interface AugmentationContext {
  readonly shape: PictureShape;
  readonly seed: number;
  readonly epoch: number;
  /** The example's index in the dataset, not its position in the batch. */
  readonly index: number;
}

/**
 * Changes one picture of H * W * C bytes in place: a pure function of the picture and the context.
 * Two uses of the same augmentation in one list draw the same random numbers.
 */
export type Augmentation = (picture: Uint8Array, context: AugmentationContext) => void;
