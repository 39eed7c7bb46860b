import { permutation } from '@residual/random';
import { describe, type Labels } from './arrays.js';
import type { DataSplit } from './dataset.js';
import { DataError } from './error.js';
import type { RawPicture } from './picture.js';
import { type DataParts, isSource, type PictureSource, type Pictures } from './source.js';
import { datasetSource } from './sourceLoader.js';

/**
 * The first `count` examples, or all when there are fewer: for a quick try. Where they lie class by class, as in a folder for each class,
 * the first would show one class: there each class gives as many as its share, one at least where `count` allows it, taken evenly from its
 * first to its last. Always the same ones. The first of a dataset share its bytes; a source is read through.
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
  const classes = length < pictures.length ? classRuns(pictures.labels) : undefined;
  if (classes !== undefined) return select(pictures, evenlyOf(classes, length), pictures.name);
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

/** Examples of one class, one after another. */
interface ClassRun {
  readonly start: number;
  length: number;
}

/** The examples of each class, where those of each lie together; undefined for any other order. */
function classRuns(labels: Labels): ClassRun[] | undefined {
  const seen = new Set<number>();
  const runs: ClassRun[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (i > 0 && labels[i] === labels[i - 1]) {
      runs.at(-1)!.length++;
      continue;
    }
    if (seen.has(labels[i]!)) return undefined;
    seen.add(labels[i]!);
    runs.push({ start: i, length: 1 });
  }
  const saysNothing = runs.length === 1 || runs.length === labels.length;
  return saysNothing ? undefined : runs;
}

/**
 * The indices of `count` examples, fewer than there are: of each class as many as its share, by the method of Adams, the apportionment
 * that leaves none without (Balinski and Young, "Fair Representation", 1982, chapter 4).
 */
function evenlyOf(classes: readonly ClassRun[], count: number): Uint32Array {
  const shares = new Uint32Array(classes.length);
  for (let given = 0; given < count; given++) {
    let next = 0;
    for (let i = 1; i < classes.length; i++) {
      // Which has more for each that it gives; of those that give none yet, the larger.
      const [own, best] = [classes[i]!.length / shares[i]!, classes[next]!.length / shares[next]!];
      if (own > best || (own === best && classes[i]!.length > classes[next]!.length)) next = i;
    }
    shares[next]!++;
  }
  return Uint32Array.from(
    classes.flatMap(({ start, length }, i) =>
      Array.from({ length: shares[i]! }, (_, k) => start + Math.floor((k * length) / shares[i]!)),
    ),
  );
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

/**
 * All pictures of all parts, one after another.
 *
 * @example
 * const all = joined(await loadSource(row));
 */
export function joined({ train, validation, test }: DataParts): Pictures {
  const parts = [train, validation, test].filter((part) => part !== undefined);
  if (parts.length === 1) return train;
  const starts: number[] = [];
  const labels = labelsLike(
    train.labels,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    labels.set(part.labels, length);
    length += part.length;
  }
  const { classNames } = train;
  const sources = parts.map((part) => (isSource(part) ? part : datasetSource(part)));
  const placeOf = (index: number) => {
    const at = starts.findLastIndex((start) => start <= index);
    return { at, index: index - starts[at]! };
  };
  return {
    name: train.name.replace(/\/train$/, ''),
    labels,
    length,
    classNames,
    ...(isSource(train) && train.steps && { steps: train.steps }),
    async read(indices) {
      const read: RawPicture[] = new Array(indices.length);
      for (const [at, source] of sources.entries()) {
        const own = [...indices.keys()].filter((i) => placeOf(indices[i]!).at === at);
        if (own.length === 0) continue;
        const found = await source.read(Uint32Array.from(own, (i) => placeOf(indices[i]!).index));
        own.forEach((i, position) => {
          read[i] = found[position]!;
        });
      }
      return read;
    },
  };
}

/** The pictures at these indices, in their order: copies of a dataset's bytes; a source is read through. */
export function select<P extends Pictures>(pictures: P, indices: Uint32Array, name: string): P {
  const labels = labelsLike(pictures.labels, indices.length);
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

/** New ones of the same type. Not by `slice`: that of Node's Buffer, a Uint8Array too, shares its bytes. */
function labelsLike({ BYTES_PER_ELEMENT: bytes }: Labels, length: number): Labels {
  return new (bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array)(length);
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
