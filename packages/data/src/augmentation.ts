import type { PictureShape } from './dataset.js';
import type { RawPicture } from './picture.js';

/** Everything that may decide how a picture is changed, so that a resumed run changes it the same way. */
export interface AugmentationContext {
  /** [H, W, C] of the batch: what the last augmentation must leave. */
  readonly shape: PictureShape;
  readonly seed: number;
  readonly epoch: number;
  /** The example's index in the dataset, not its position in the batch. */
  readonly index: number;
}

/**
 * Makes of one picture another, of any size, and leaves the one it gets as it is: a pure function of the picture and the
 * context. Two uses of the same augmentation in one list draw the same random numbers.
 */
export type Augmentation = (picture: RawPicture, context: AugmentationContext) => RawPicture;
