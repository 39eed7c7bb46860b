import { permutation } from '@residual/random';
import { describe, type Labels, typeOf } from './arrays.js';
import type { Augmentation } from './augmentation.js';
import { balancedOrder } from './balance.js';
import type { PictureShape } from './dataset.js';
import { DataError } from './error.js';
import type { RawPicture } from './picture.js';

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
  /**
   * `sampler`: each class comes equally often in an epoch of as many examples as ever, so that rare ones are repeated (each time
   * augmented otherwise) and of frequent ones some are left out, others in each epoch. Needs `shuffle`. Default `none`.
   */
  balance?: 'none' | 'sampler';
}

/** Which examples a batch has, before their pictures are there. */
export interface BatchPlace extends Pick<PictureBatch, 'indices' | 'epoch' | 'index'> {
  /** For each example, how often it came in this epoch before; absent where none comes twice. */
  repeats?: Uint32Array;
}

/** Odd, so that steps which take turns from epoch to epoch take turns here too. */
const REPEAT = 1_000_003;

/** The order of examples and the making of batches, which every loader shares: pure in (seed, epoch, index). */
export class Batches {
  readonly batchSize: number;
  readonly perEpoch: number;
  readonly #name: string;
  readonly #length: number;
  readonly #shape: PictureShape;
  readonly #labels: Labels;
  readonly #seed: number | undefined;
  readonly #augment: readonly Augmentation[];
  readonly #isBalanced: boolean;

  /** @throws DataError `ARGUMENT` for a wrong option, and when there is no batch at all. */
  constructor(
    { name, length, labels }: { name: string; length: number; labels: Labels },
    shape: PictureShape,
    { batchSize, shuffle, augment = [], dropLast = false, balance = 'none' }: PictureLoaderOptions,
  ) {
    requireInteger('batchSize', batchSize, 1, Number.MAX_SAFE_INTEGER);
    if (shuffle !== undefined) requireInteger('shuffle.seed', shuffle?.seed, 0, Number.MAX_SAFE_INTEGER);
    requireAugmentations(augment);
    if (typeof dropLast !== 'boolean') throw wrong('dropLast', 'true or false', describe(dropLast));
    if (balance !== 'none' && balance !== 'sampler')
      throw wrong('balance', 'none or sampler', describe(balance));
    if (balance === 'sampler' && shuffle === undefined)
      throw wrong('shuffle', 'a seed, to balance by', 'none');
    this.batchSize = batchSize;
    this.perEpoch = dropLast ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
    if (this.perEpoch === 0) {
      throw new DataError('ARGUMENT', {
        where: `PictureLoader of ${name}`,
        expected: `at least one batch of ${batchSize}`,
        received: `${length} examples`,
        fix: 'Use a smaller batchSize or a larger dataset.',
      });
    }
    this.#name = name;
    this.#length = length;
    this.#labels = labels;
    this.#shape = shape;
    this.#seed = shuffle?.seed;
    this.#augment = augment;
    this.#isBalanced = balance === 'sampler';
  }

  /** The places of an epoch's batches, beginning with number `from`. */
  places(epoch: number, from: number): Generator<BatchPlace, void, undefined> {
    // Checked here: a generator's own body would not run before its first batch is asked for.
    requireInteger('epoch', epoch, 0, 2 ** 32 - 1);
    requireInteger('from', from, 0, this.perEpoch);
    return this.#places(epoch, from);
  }

  *#places(epoch: number, from: number): Generator<BatchPlace, void, undefined> {
    const { order, repeats } = this.#order(epoch);
    for (let index = from; index < this.perEpoch; index++) {
      const [start, end] = [index * this.batchSize, (index + 1) * this.batchSize];
      const place = { indices: order.slice(start, end), epoch, index };
      yield repeats === undefined ? place : { ...place, repeats: repeats.slice(start, end) };
    }
  }

  #order(epoch: number): { order: Uint32Array; repeats?: Uint32Array } {
    if (this.#seed === undefined) return { order: Uint32Array.from({ length: this.#length }, (_, i) => i) };
    if (this.#isBalanced) return balancedOrder(this.#labels, this.#length, this.#seed, epoch);
    return { order: permutation({ seed: this.#seed, purpose: 'shuffle', stream: epoch }, this.#length) };
  }

  /**
   * @param picture An example, which is augmented and then copied; `position` is its place in the batch.
   * @throws DataError `MISMATCH` naming the picture that isn't of the batch's shape in the end.
   */
  make(
    { indices, epoch, index, repeats }: BatchPlace,
    picture: (example: number, position: number) => RawPicture,
  ): PictureBatch {
    const [height, width, channels] = this.#shape;
    const pictureBytes = height * width * channels;
    const size = indices.length;
    const images = new Uint8Array(size * pictureBytes);
    indices.forEach((example, position) => {
      // A repeated example is augmented as in an epoch that no run comes to.
      const drawn = epoch + REPEAT * (repeats?.[position] ?? 0);
      const context = { shape: this.#shape, seed: this.#seed ?? 0, epoch: drawn, index: example };
      const last = this.#augment.reduce(
        (current, augment) => augment(current, context),
        picture(example, position),
      );
      requireShape(last, this.#shape, `${this.#name}: picture ${example}`);
      images.set(last.data, position * pictureBytes);
    });
    return {
      images,
      labels: Int32Array.from(indices, (example) => this.#labels[example]!),
      size,
      shape: [size, height, width, channels],
      indices,
      epoch,
      index,
    };
  }
}

function requireAugmentations(augment: readonly Augmentation[]): void {
  if (Array.isArray(augment) && augment.every((one) => typeof one === 'function')) return;
  const other = Array.isArray(augment) ? augment.find((one) => typeof one !== 'function') : augment;
  throw new DataError('ARGUMENT', {
    where: 'PictureLoader augment',
    expected: 'an array of functions (picture, context) => picture',
    received: Array.isArray(augment) ? `one that holds ${describe(other)}` : describe(other),
    fix: 'Make functions of rows with augmentationsOf of @residual/pictures.',
  });
}

/** @throws DataError `MISMATCH`: augmentations are the user's code. */
function requireShape(picture: RawPicture, [height, width, channels]: PictureShape, where: string): void {
  const bytes = /^Uint8(Clamped)?Array$/.test(typeOf(picture?.data)) ? picture.data.length : Number.NaN;
  if (picture?.height === height && picture.width === width && bytes === height * width * channels) return;
  throw new DataError('MISMATCH', {
    where,
    expected: `a picture of ${height}x${width}x${channels} after the last augmentation`,
    received: Number.isNaN(bytes)
      ? `${describe(picture)}${picture?.data === undefined ? '' : ` with ${describe(picture.data)}`}`
      : `${picture.height}x${picture.width}x${bytes / (picture.height * picture.width)}`,
    fix: 'Let each augmentation give a picture { data, width, height }, the last one of the shape of the batch.',
  });
}

/** @throws DataError `ARGUMENT` */
export function requireInteger(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw wrong(name, `an integer from ${min} to ${max}`, describe(value));
}

function wrong(name: string, expected: string, received: string): DataError {
  return new DataError('ARGUMENT', {
    where: `PictureLoader ${name}`,
    expected,
    received,
    fix: `Correct ${name}.`,
  });
}
