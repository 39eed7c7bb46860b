import { Batches, type PictureBatch, type PictureLoaderOptions } from './batches.js';
import type { PictureDataset, PictureShape } from './dataset.js';

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

  /**
   * @param options with `picture`, [H, W, C] of the batches: left out, that of the dataset; another one where `augment` makes it.
   * @throws DataError `ARGUMENT` when `batchSize` is not a positive integer, or leaves no batch at all.
   */
  constructor(dataset: PictureDataset, options: PictureLoaderOptions & { picture?: PictureShape }) {
    this.#batches = new Batches(dataset, options.picture ?? dataset.shape, options);
    this.dataset = dataset;
    this.batchSize = this.#batches.batchSize;
    this.batchesPerEpoch = this.#batches.perEpoch;
  }

  /**
   * The batches of one epoch, in order.
   *
   * @param epoch From 0; decides the order and the augmentation.
   * @param from The first batch to give, to go on in the middle; `batchesPerEpoch` gives none.
   * @throws DataError `ARGUMENT` at once, not at the first batch; with a batch, `MISMATCH` naming the picture that isn't of its
   *   shape after the augmentation.
   */
  epoch(epoch: number, from = 0): Generator<PictureBatch, void, undefined> {
    return this.#make(this.#batches.places(epoch, from));
  }

  *#make(places: ReturnType<Batches['places']>): Generator<PictureBatch, void, undefined> {
    const { images, shape } = this.dataset;
    const [height, width, channels] = shape;
    const pictureBytes = height * width * channels;
    for (const place of places) {
      yield this.#batches.make(place, (example) => {
        const data = images.subarray(example * pictureBytes, (example + 1) * pictureBytes);
        return { data, width, height };
      });
    }
  }
}
