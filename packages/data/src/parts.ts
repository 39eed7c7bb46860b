import { permutation } from '@residual/random';
import { describe } from './arrays.js';
import type { DataSplit, PictureDataset } from './dataset.js';
import { DataError } from './error.js';
import type { PictureSource, Pictures } from './source.js';

/**
 * The first `count` examples, or all when there are fewer: for a quick try. Shares the bytes of a dataset; a source is read
 * through.
 *
 * @throws DataError `ARGUMENT` unless `count` is a positive integer.
 */
export function limit<P extends Pictures>(pictures: P, count: number): P {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new DataError('ARGUMENT', {
      where: 'limit',
      expected: 'a number of examples of at least 1',
      received: describe(count),
      fix: 'Leave the limit out to use all of them.',
    });
  }
  const length = Math.min(count, pictures.length);
  const labels = pictures.labels.subarray(0, length);
  // A source's indices from 0 on are the same ones in its beginning.
  if (isSource(pictures)) return { ...part(pictures, labels, (index) => index), name: pictures.name } as P;
  const [height, width, channels] = pictures.shape;
  return {
    ...pictures,
    images: pictures.images.subarray(0, length * height * width * channels),
    labels,
    length,
  };
}

/**
 * Holds out `heldOut` examples drawn at random, for choosing settings without looking at the test set.
 * Both parts are in random order, copies of a dataset's bytes; which example goes where depends only on the length and `seed`.
 *
 * @returns `train` with the rest, and `test` with the held-out examples.
 * @throws DataError `ARGUMENT` unless both parts would hold at least one example.
 */
export function split<P extends Pictures>(pictures: P, heldOut: number, seed: number): DataSplit<P> {
  if (!Number.isSafeInteger(heldOut) || heldOut < 1 || heldOut >= pictures.length) {
    throw new DataError('ARGUMENT', {
      where: `split of ${pictures.name}`,
      expected: `from 1 to ${pictures.length - 1} examples to hold out`,
      received: describe(heldOut),
      fix: 'Leave at least one example on each side.',
    });
  }
  const order = permutation({ seed, purpose: 'split' }, pictures.length);
  return {
    train: select(pictures, order.subarray(heldOut), `${pictures.name}/rest`),
    test: select(pictures, order.subarray(0, heldOut), `${pictures.name}/held-out`),
  };
}

/** Of pictures that come without a part to judge by. */
const HELD_OUT = 1 / 10;

/**
 * The parts of a source's pictures: those to judge by are its own test part, or else its validation part, or else a tenth of the
 * pictures to train on, drawn at random by seed 0. The one place that decides it.
 *
 * @throws DataError `ARGUMENT` when a tenth has to be held out of a single picture.
 */
export function judgedParts<P extends Pictures>({
  train,
  validation,
  test,
}: {
  train: P;
  validation?: P;
  test?: P;
}): DataSplit<P> & { validation?: P; judgedBy: 'own' | 'validation' | 'held out' } {
  const chosen = validation === undefined ? {} : { validation };
  if (test !== undefined) return { train, test, ...chosen, judgedBy: 'own' };
  if (validation !== undefined) return { train, test: validation, ...chosen, judgedBy: 'validation' };
  const heldOut = Math.max(1, Math.round(train.length * HELD_OUT));
  return { ...split(train, heldOut, 0), judgedBy: 'held out' };
}

function select<P extends Pictures>(pictures: P, indices: Uint32Array, name: string): P {
  const labels = pictures.labels.slice(0, indices.length); // of the same type
  indices.forEach((index, position) => {
    labels[position] = pictures.labels[index]!;
  });
  if (isSource(pictures)) return { ...part(pictures, labels, (index) => indices[index]!), name } as P;
  const pictureBytes = pictures.shape[0] * pictures.shape[1] * pictures.shape[2];
  const images = new Uint8Array(indices.length * pictureBytes);
  indices.forEach((index, position) => {
    const bytes = pictures.images.subarray(index * pictureBytes, (index + 1) * pictureBytes);
    images.set(bytes, position * pictureBytes);
  });
  return { ...pictures, name, images, labels, length: indices.length };
}

/** Some pictures of a source, at indices of their own; `place` says where in the source they are. */
function part(
  source: PictureSource,
  labels: PictureSource['labels'],
  place: (index: number) => number,
): Omit<PictureSource, 'name'> {
  return {
    labels,
    length: labels.length,
    classNames: source.classNames,
    read: (indices) => source.read(indices.map(place)),
    ...(source.steps && { steps: source.steps }),
    ...(source.origin && { origin: (index) => source.origin!(place(index)) }),
  };
}

function isSource(pictures: PictureDataset | PictureSource): pictures is PictureSource {
  return 'read' in pictures;
}
