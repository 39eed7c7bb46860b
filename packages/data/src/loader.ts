import { permutation } from '@residual/random';
import type { Augmentation } from './augmentation.js';
import type { PictureDataset } from './dataset.js';
import { DataError } from './errors.js';

/** Some examples in the order of training. The arrays are the caller's: no later batch reuses them. */
export interface PictureBatch {
  /** B * H * W * C bytes. */
  images: Uint8Array;
  /** B class numbers. */
  labels: Int32Array;
  /** B: the batch size, or what is left of it in the last batch. */
  size: number;
  /** `[B, H, W, C]` */
  shape: [batch: number, height: number, width: number, channels: number];
  /** For each example, its index in the dataset. */
  indices: Uint32Array;
  epoch: number;
  /** The number of this batch in its epoch, from 0. */
  index: number;
}

export interface PictureLoaderOptions {
  batchSize: number;
  /** Shuffles anew each epoch. Left out: the dataset's own order. */
  shuffle?: { seed: number };
  /** Applied to each picture in this order. Their random numbers come from the shuffle's seed, or from seed 0. */
  augment?: readonly Augmentation[];
  /** Leaves out the last batch of an epoch when it is not full. Default false, as in d2l and PyTorch. */
  dropLast?: boolean;
}

/**
 * Cuts a dataset into batches. A batch is a pure function of (seed, epoch, index): the loader remembers
 * nothing between calls, so a run resumed in the middle of an epoch sees what it would have seen.
 *
 * @example
 * const loader = new PictureLoader(train, { batchSize: 128, shuffle: { seed: 0 }, augment: [randomFlip()] });
 * for (const { images, labels, shape } of loader.epoch(0)) step(images, labels, shape);
 */
export class PictureLoader {
  readonly dataset: PictureDataset;
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  readonly #seed: number | undefined;
  readonly #augment: readonly Augmentation[];

  /** @throws DataError `ARGUMENT` when `batchSize` is not a positive integer, or leaves no batch at all. */
  constructor(
    dataset: PictureDataset,
    { batchSize, shuffle, augment = [], dropLast = false }: PictureLoaderOptions,
  ) {
    requireInteger('batchSize', batchSize, 1, Number.MAX_SAFE_INTEGER);
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.batchesPerEpoch = dropLast
      ? Math.floor(dataset.length / batchSize)
      : Math.ceil(dataset.length / batchSize);
    if (this.batchesPerEpoch === 0) {
      throw new DataError('ARGUMENT', {
        where: `PictureLoader of ${dataset.name}`,
        expected: `at least one batch of ${batchSize}`,
        received: `${dataset.length} examples`,
        fix: 'Use a smaller batchSize or a larger dataset.',
      });
    }
    this.#seed = shuffle?.seed;
    this.#augment = augment;
  }

  /**
   * The batches of one epoch, in order.
   *
   * @param epoch From 0; decides the order and the augmentation.
   * @param from The first batch to give, to go on in the middle; `batchesPerEpoch` gives none.
   */
  epoch(epoch: number, from = 0): Generator<PictureBatch, void, undefined> {
    // Checked here: a generator's own body would not run before its first batch is asked for.
    requireInteger('epoch', epoch, 0, 2 ** 32 - 1);
    requireInteger('from', from, 0, this.batchesPerEpoch);
    return this.#batches(epoch, from);
  }

  *#batches(epoch: number, from: number): Generator<PictureBatch, void, undefined> {
    const order = this.#order(epoch);
    for (let index = from; index < this.batchesPerEpoch; index++) {
      const start = index * this.batchSize;
      yield this.#batch(order.slice(start, start + this.batchSize), epoch, index);
    }
  }

  #order(epoch: number): Uint32Array {
    const { length } = this.dataset;
    if (this.#seed === undefined) return Uint32Array.from({ length }, (_, i) => i);
    return permutation({ seed: this.#seed, purpose: 'shuffle', stream: epoch }, length);
  }

  #batch(indices: Uint32Array, epoch: number, index: number): PictureBatch {
    const { images, labels, shape } = this.dataset;
    const pictureBytes = shape[0] * shape[1] * shape[2];
    const size = indices.length;
    const pictures = new Uint8Array(size * pictureBytes);
    indices.forEach((example, position) => {
      const picture = pictures.subarray(position * pictureBytes, (position + 1) * pictureBytes);
      picture.set(images.subarray(example * pictureBytes, (example + 1) * pictureBytes));
      for (const augment of this.#augment)
        augment(picture, { shape, seed: this.#seed ?? 0, epoch, index: example });
    });
    return {
      images: pictures,
      labels: Int32Array.from(indices, (example) => labels[example]!),
      size,
      shape: [size, ...shape],
      indices,
      epoch,
      index,
    };
  }
}

function requireInteger(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new DataError('ARGUMENT', {
    where: `PictureLoader ${name}`,
    expected: `an integer from ${min} to ${max}`,
    received: `${value}`,
    fix: `Correct ${name}.`,
  });
}
