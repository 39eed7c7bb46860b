import { Batches, type PictureBatch, type PictureLoaderOptions } from './batches.js';
import type { PictureDataset } from './dataset.js';

/**
 * Cuts a dataset into batches. A batch is a pure function of (seed, epoch, index): the loader remembers
 * nothing between calls, so a run resumed in the middle of an epoch sees what it would have seen.
 *
 * @example
 * const augment = augmentationsOf([randomFlip()]); // of @residual/pictures
 * const loader = new PictureLoader(train, { batchSize: 128, shuffle: { seed: 0 }, augment });
 * for (const { images, labels, shape } of loader.epoch(0)) step(images, labels, shape);
 */
export class PictureLoader {
  readonly dataset: PictureDataset;
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  readonly #batches: Batches;

  /** @throws DataError `ARGUMENT` when `batchSize` is not a positive integer, or leaves no batch at all. */
  constructor(dataset: PictureDataset, options: PictureLoaderOptions) {
    this.#batches = new Batches(dataset, dataset.shape, options);
    this.dataset = dataset;
    this.batchSize = this.#batches.batchSize;
    this.batchesPerEpoch = this.#batches.perEpoch;
  }

  /**
   * The batches of one epoch, in order.
   *
   * @param epoch From 0; decides the order and the augmentation.
   * @param from The first batch to give, to go on in the middle; `batchesPerEpoch` gives none.
   * @throws DataError `ARGUMENT` at once, not at the first batch.
   */
  epoch(epoch: number, from = 0): Generator<PictureBatch, void, undefined> {
    return this.#make(this.#batches.places(epoch, from));
  }

  *#make(places: ReturnType<Batches['places']>): Generator<PictureBatch, void, undefined> {
    const { images, shape } = this.dataset;
    const pictureBytes = shape[0] * shape[1] * shape[2];
    for (const place of places) {
      yield this.#batches.make(place, (example) =>
        images.subarray(example * pictureBytes, (example + 1) * pictureBytes),
      );
    }
  }
}
