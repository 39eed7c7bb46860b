import type { ModelName } from '@residual/models';
import type { Sgd } from '@residual/trainer';
import type { AugmentationName } from './augmentations.js';
import type { ScheduleValue } from './schedules.js';

/** How to train a network on Fashion-MNIST, down to the seed: plain JSON, so that it can be kept and compared. */
export type Recipe = {
  readonly name: string;
  /** One line for a list. */
  readonly summary: string;
  readonly model: ModelName;
  /** What the 28x28 pictures are resized to. */
  readonly inputSize: readonly [height: number, width: number];
  /** Of the one channel, on the scale 0 to 1. null: x / 255 as it is. */
  readonly normalise: { readonly mean: number; readonly standardDeviation: number } | null;
  /** Of training pictures. */
  readonly augment: readonly AugmentationName[];
  readonly batchSize: number;
  readonly epochs: number;
  readonly optimizer: Sgd;
  readonly schedule: ScheduleValue;
  readonly labelSmoothing: number;
  /** 0: no clipping. */
  readonly gradientClipNorm: number;
  /** null: no averaging. */
  readonly averageDecay: number | null;
  /** Decides the initial weights, the order of the pictures and their augmentation. */
  readonly seed: number;
};
