import {
  type Augmentation,
  type DataSplit,
  type PictureBatch,
  PictureLoader,
  type PictureShape,
} from '@residual/data';
import { type NormalizeOptions, pictureToFloat, resizeBilinear } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';

/** Where batches come from. A `PictureLoader` is one; so is anything whose batches depend on (epoch, index) alone. */
export interface BatchSource {
  readonly dataset: {
    readonly name: string;
    readonly length: number;
    readonly classNames?: readonly string[];
  };
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  /**
   * The batches of an epoch (from 0), beginning with number `from`; asynchronous where pictures have to be read first.
   * Whoever stops early calls the iterator's `return`.
   */
  epoch(epoch: number, from?: number): Iterable<PictureBatch> | AsyncIterable<PictureBatch>;
}

/**
 * The batches of an epoch's steps.
 *
 * @param options.epoch from 0
 * @param options.from the number of the first batch
 * @param options.accumulate how many batches a step is of; the epoch's last may be of fewer
 * @param options.waited told how many seconds each batch was waited for
 */
export async function* stepsFrom(
  source: BatchSource,
  {
    epoch,
    from,
    accumulate,
    waited,
  }: { epoch: number; from: number; accumulate: number; waited(seconds: number): void },
): AsyncGenerator<PictureBatch[], void, undefined> {
  let batches: PictureBatch[] = [];
  let start = performance.now();
  for await (const batch of source.epoch(epoch, from)) {
    waited((performance.now() - start) / 1000);
    batches.push(batch);
    if (batches.length === accumulate) {
      yield batches;
      batches = [];
    }
    start = performance.now();
  }
  if (batches.length > 0) yield batches;
}

/** One batch of a source; undefined where it has none at that place. */
export async function batchAt(
  source: BatchSource,
  epoch: number,
  index: number,
): Promise<PictureBatch | undefined> {
  for await (const batch of source.epoch(epoch, index)) return batch;
  return undefined;
}

/** Turns bytes [B, H, W, C] into a network's input. Synchronous; the result belongs to the caller. */
export type Prepare = (pictures: { images: Uint8Array; shape: readonly number[] }) => tf.Tensor4D;

export interface TrainingData {
  train: BatchSource;
  /** Judged after each epoch. */
  validation?: BatchSource;
  prepare: Prepare;
}

export interface PictureInputOptions {
  /** Height and width that the network sees; resized on the device, equal bytes to Pillow's. Default: as they are. */
  resize?: readonly [height: number, width: number];
  /** Of each channel, on the scale 0 to 1. Default: x / 255 as it is. */
  normalize?: NormalizeOptions;
}

/**
 * The usual way from bytes to a network's input: resize, then (x / 255 - mean) / standardDeviation, on the device.
 *
 * @example
 * const prepare = pictureInput({ resize: [96, 96] });
 * const x = prepare({ images, shape: [1, 28, 28, 1] }); // [1, 96, 96, 1], float32
 */
export function pictureInput({ resize, normalize }: PictureInputOptions = {}): Prepare {
  return ({ images, shape }) =>
    tf.tidy(() => {
      const pictures = tf.tensor4d(images, shape as PictureBatch['shape'], 'int32'); // [B, H, W, C]
      return pictureToFloat(resize ? resizeBilinear(pictures, resize) : pictures, normalize); // [B, h, w, C]
    });
}

export interface PictureDataOptions extends PictureInputOptions {
  batchSize: number;
  /** Decides the order and the augmentation. Default 0. */
  seed?: number;
  /** Changes training pictures only. */
  augment?: readonly Augmentation[];
}

export interface PictureData extends TrainingData {
  train: PictureLoader;
  validation: PictureLoader;
  /** Of one picture as the network sees it. */
  inputShape: PictureShape;
}

/**
 * What most runs need: shuffled batches of the training part, and the test part for validation, in order.
 *
 * @throws DataError `ARGUMENT` for a bad batch size.
 *
 * @example
 * const data = pictureData(await fashionMnist(), { batchSize: 128, resize: [96, 96] });
 */
export function pictureData(
  { train, test }: DataSplit,
  { batchSize, seed = 0, augment, ...input }: PictureDataOptions,
): PictureData {
  const [height, width, channels] = train.shape;
  return {
    train: new PictureLoader(train, { batchSize, shuffle: { seed }, augment }),
    validation: new PictureLoader(test, { batchSize }),
    prepare: pictureInput(input),
    inputShape: [...(input.resize ?? ([height, width] as const)), channels],
  };
}
