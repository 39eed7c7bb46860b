import { describe, typeOf } from './arrays.js';
import {
  Batches,
  type BatchPlace,
  type PictureBatch,
  type PictureLoaderOptions,
  requireInteger,
} from './batches.js';
import { type PictureDataset, type PictureShape, pictureDataset } from './dataset.js';
import { DataError } from './error.js';
import type { RawPicture } from './picture.js';
import type { PictureSource } from './source.js';

export interface Preparation {
  /** [H, W, C] of every picture when it is prepared. */
  picture: PictureShape;
  /** Makes the H * W * C bytes of a decoded picture; `preparation(task)` of `@residual/pictures` is one. */
  prepare: (picture: RawPicture) => Uint8Array;
}

export interface SourceLoaderOptions extends PictureLoaderOptions {
  /** [H, W, C] of every picture of the batches. */
  picture: PictureShape;
  /** As of `Preparation`. Left out: pictures come to `augment` as they are read, which makes that shape of them. */
  prepare?: Preparation['prepare'];
  /** How many batches are read ahead of the one in use. Default 2; 0 reads each when it is asked for. */
  prefetch?: number;
}

/**
 * Cuts a source into batches, reading ahead of the step. Order, augmentation and bits are those of a `PictureLoader` over the
 * same pictures, and a batch is as pure a function of (seed, epoch, index).
 *
 * @example
 * const loader = new SourceLoader(source, { batchSize: 64, picture: [40, 24, 3], prepare: preparation(task) });
 * for await (const { images, labels, shape } of loader.epoch(0)) step(images, labels, shape);
 */
export class SourceLoader {
  readonly dataset: PictureSource;
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  readonly #batches: Batches;
  readonly #options: SourceLoaderOptions;

  /** @throws DataError `ARGUMENT` for a wrong option, and when there is no batch at all. */
  constructor(source: PictureSource, options: SourceLoaderOptions) {
    requireInteger('prefetch', options.prefetch ?? 2, 0, 1024);
    this.#batches = new Batches(source, options.picture, options);
    this.#options = options;
    this.dataset = source;
    this.batchSize = this.#batches.batchSize;
    this.batchesPerEpoch = this.#batches.perEpoch;
  }

  /**
   * The batches of one epoch, in order. Reading begins with the first `next()` and stops with `return()` (the end of a
   * `for await`, `break` too). An error of a read is thrown at the batch that needs it, after those before it.
   *
   * @param epoch From 0; decides the order and the augmentation.
   * @param from The first batch to give, to go on in the middle; `batchesPerEpoch` gives none.
   * @throws DataError `ARGUMENT` at once, not at the first batch; with a batch, what the source throws, and `FORMAT` naming
   *   the picture that couldn't be prepared.
   */
  epoch(epoch: number, from = 0): AsyncGenerator<PictureBatch, void, undefined> {
    return this.#ahead(this.#batches.places(epoch, from));
  }

  async *#ahead(places: Iterator<BatchPlace>): AsyncGenerator<PictureBatch, void, undefined> {
    const { prefetch = 2 } = this.#options;
    const reading: Promise<PictureBatch>[] = [];
    for (;;) {
      while (reading.length <= prefetch) {
        const next = places.next();
        if (next.done) break;
        const batch = this.#read(next.value);
        batch.catch(() => {}); // thrown below, when its turn comes; never, if the loop ends before
        reading.push(batch);
      }
      const first = reading.shift();
      if (first === undefined) return;
      yield await first;
    }
  }

  async #read(place: BatchPlace): Promise<PictureBatch> {
    const { picture, prepare } = this.#options;
    const pictures = prepare
      ? await readPrepared(this.dataset, place.indices, { picture, prepare })
      : await readPictures(this.dataset, place.indices);
    return this.#batches.make(place, (_, position) => pictures[position]!);
  }
}

/** A source of pictures that are in memory: to mix them with others, and to try what reads sources. */
export function datasetSource({
  name,
  images,
  labels,
  shape,
  length,
  classNames,
}: PictureDataset): PictureSource {
  const [height, width, channels] = shape;
  const pictureBytes = height * width * channels;
  return {
    name,
    length,
    labels,
    classNames,
    read: async (indices) =>
      Array.from(indices, (index) => ({
        data: images.subarray(index * pictureBytes, (index + 1) * pictureBytes),
        width,
        height,
      })),
  };
}

/** How many pictures are decoded at a time: not all at once, which might not fit in memory. */
const AT_A_TIME = 64;

/**
 * Reads all pictures of a source, prepared, into memory.
 *
 * @throws DataError naming the picture that couldn't be prepared, and what the source throws.
 *
 * @example
 * const train = await readSource(source, { picture: [40, 24, 3], prepare: preparation(task) });
 */
export async function readSource(source: PictureSource, preparation: Preparation): Promise<PictureDataset> {
  const { picture: shape } = preparation;
  const pictureBytes = shape[0] * shape[1] * shape[2];
  const images = new Uint8Array(source.length * pictureBytes);
  for (let start = 0; start < source.length; start += AT_A_TIME) {
    const length = Math.min(AT_A_TIME, source.length - start);
    const indices = Uint32Array.from({ length }, (_, i) => start + i);
    const pictures = await readPrepared(source, indices, preparation);
    for (const [i, { data }] of pictures.entries()) images.set(data, (start + i) * pictureBytes);
  }
  const { name, labels, classNames } = source;
  return pictureDataset({ name, images, labels, shape, classNames });
}

/** These pictures, as many as asked for: a source is the user's code. */
async function readPictures(source: PictureSource, indices: Uint32Array): Promise<readonly RawPicture[]> {
  const pictures = await source.read(indices);
  if (Array.isArray(pictures) && pictures.length === indices.length) return pictures;
  throw new DataError('MISMATCH', {
    where: `${source.name}: read`,
    expected: `an array of ${indices.length} pictures, one for each index`,
    received: Array.isArray(pictures) ? `${pictures.length}` : describe(pictures),
    fix: 'Give the pictures in the order of the indices.',
  });
}

/** These pictures, prepared, each checked. */
async function readPrepared(
  source: PictureSource,
  indices: Uint32Array,
  { picture: [height, width, channels], prepare }: Preparation,
): Promise<RawPicture[]> {
  const pictures = await readPictures(source, indices);
  return pictures.map((picture, i) => {
    const where = `${source.name}: picture ${indices[i]}`;
    const bytes = prepared(picture, prepare, where);
    const length = height * width * channels;
    if (typeOf(bytes) === 'Uint8Array' && bytes.length === length) return { data: bytes, width, height };
    throw new DataError('MISMATCH', {
      where,
      expected: `a Uint8Array of ${length}, ${height}x${width}x${channels}`,
      received: describe(bytes),
      fix: 'Let prepare give the bytes of a picture of the shape named.',
    });
  });
}

function prepared(picture: RawPicture, prepare: Preparation['prepare'], where: string): Uint8Array {
  try {
    return prepare(picture);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(
      'FORMAT',
      {
        where,
        expected: 'a picture that can be prepared',
        received: `the error "${message}"`,
        fix: 'Correct the picture, or leave it out.',
      },
      { cause },
    );
  }
}
