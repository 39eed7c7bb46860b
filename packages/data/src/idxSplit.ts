import { type Bytes, bytesOf, describe, typeOf } from './arrays.js';
import { type DataSplit, pictureDataset } from './dataset.js';
import { classNamesOf, type Numbering, transposed } from './emnist.js';
import { DataError } from './error.js';
import { gunzip } from './gunzip.js';
import { readIdxLabels, readIdxPictures } from './idx.js';

/** The last part of a path. Some releases write a dot for the second hyphen; EMNIST's name their set before it, and the test part `test`. */
const NAME = /^(?:.*[\\/])?(?:emnist-([a-z]+)-)?(train|t10k|test)-(images|labels)[-.]idx[134]-ubyte(\.gz)?$/;
const MAPPING = /^(?:.*[\\/])?(?:emnist-([a-z]+)-)?mapping\.txt$/;

type Content = 'images' | 'labels';

/** A file and its name, which may be a path. */
export interface NamedFile<Content extends Bytes = Uint8Array> {
  name: string;
  /** From `readFile`, or from `await file.arrayBuffer()`. */
  bytes: Content;
}

export interface IdxSplitOptions {
  /** For messages and for the datasets' names: `mine` gives `mine/train` and `mine/t10k`. Default `idx`. */
  name?: string;
  /** Where the files are, for messages. Default: the name. */
  where?: string;
  /** The height and width that the pictures must have. Default: those of the training pictures. */
  size?: readonly [height: number, width: number];
  /** In the order of the labels. Default: the numbers from 0 to the largest label. */
  classNames?: readonly string[];
  /** Of EMNIST's sets, such as `letters`. Default: the only one there. */
  set?: string;
  /** The most bytes that a packed file may hold. Default 64 MiB, for 85,000 pictures of 28x28. */
  maxBytes?: number;
}

/** Whether a file has one of the names that `idxSplit` looks for, packed or not. */
export function isIdxFileName(name: string): boolean {
  return NAME.test(name) || MAPPING.test(name);
}

/**
 * The pictures of a data set in MNIST's format: four IDX files, `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each packed (`.gz`) or not, in any order; colour pictures
 * [N, H, W, 3] are in files named `idx4`. Where one is there both packed and not, the packed one is read; files of other names
 * are left alone. Pictures that came unpacked are views of the files' bytes, not copies.
 *
 * EMNIST's names are read too (`emnist-letters-train-images-idx3-ubyte`, `emnist-letters-test-...`); its pictures, which that
 * release stores column by column, are turned upright. `mapping.txt` (`emnist-letters-mapping.txt`), lines of a label and
 * character codes or a name, names the classes. Labels that begin at 1 become class numbers from 0.
 *
 * @returns pictures to train on, and those of `t10k` to test with; [H, W, C] each.
 * @throws DataError naming the file: `NOT_FOUND` when one is missing; `FORMAT` when it's damaged, another kind of file, of
 *   another picture size, or has a label without a class name; `MISMATCH` when pictures and labels are swapped or
 *   differ in number; `LIMIT` when a packed file holds more than `maxBytes`; `ARGUMENT` for anything but named bytes, and when
 *   there are several of EMNIST's sets and `set` names none.
 */
export function idxSplit(
  files: readonly NamedFile<Bytes>[],
  { name = 'idx', where = name, size, classNames, set, maxBytes = 64 * 2 ** 20 }: IdxSplitOptions = {},
): DataSplit {
  requireFiles(files, where);
  const chosen = setOf(files, set, where);
  const find = (parts: readonly string[], content: Content) => {
    const [packed, plain] = ['.gz', undefined].map((ending) =>
      files.find((file) => {
        const [, ofSet, part, thisContent, thisEnding] = NAME.exec(file.name) ?? [];
        return ofSet === chosen && parts.includes(part!) && thisContent === content && thisEnding === ending;
      }),
    );
    const found = packed ?? plain;
    if (found === undefined) throw missing(where, parts, content, chosen, files);
    return { name: found.name, bytes: unpacked(found.name, bytesOf(found.bytes, found.name), maxBytes) };
  };
  const read = (parts: readonly string[], expected: typeof size) => {
    const pictures = find(parts, 'images');
    const { images, count, shape } = readIdxPictures(pictures.bytes, { file: pictures.name, size: expected });
    const { name: labelsFile, bytes } = find(parts, 'labels');
    const labels = readIdxLabels(bytes, { file: labelsFile, count });
    return {
      name: `${name}/${NAME.exec(pictures.name)![2]}`,
      file: pictures.name,
      labelsFile,
      labels,
      ...(chosen === undefined ? { images, shape } : transposed(images, shape)),
    };
  };
  const train = read(['train'], size);
  const [height, width] = train.shape;
  const test = read(['t10k', 'test'], chosen === undefined ? [height, width] : [width, height]);
  if (test.shape[2] !== train.shape[2]) throw otherChannels(test.file, train.shape[2], test.shape[2]);
  const mapping = files.find(
    ({ name: file, bytes }) =>
      MAPPING.exec(file)?.[1] === chosen && MAPPING.test(file) && bytes.byteLength > 0,
  );
  const mapped = mapping && classNamesOf(bytesOf(mapping.bytes, mapping.name), mapping.name);
  const { first, names } =
    (classNames === undefined && mapped) || numbering([train.labels, test.labels], classNames);
  const dataset = ({ labelsFile, labels, ...part }: typeof train) => {
    const numbers = labels.map((label) => label - first); // below 0: 255 and above, which is no class
    const wrong = numbers.findIndex((label) => label >= names.length);
    if (wrong < 0)
      return pictureDataset({ ...part, labels: first === 0 ? labels : numbers, classNames: names });
    throw new DataError('FORMAT', {
      where: labelsFile,
      expected: `labels from ${first} to ${first + names.length - 1}`,
      received: `${labels[wrong]} at position ${wrong}`,
      fix: 'Name every class in classNames, or correct the labels.',
    });
  };
  return { train: dataset(train), test: dataset(test) };
}

/** Which of EMNIST's sets is read; undefined for files of MNIST's own names, which come first. */
function setOf(
  files: readonly NamedFile<Bytes>[],
  set: string | undefined,
  where: string,
): string | undefined {
  if (set !== undefined) return set;
  const sets = new Set<string | undefined>(
    files.filter(({ name }) => NAME.test(name)).map(({ name }) => NAME.exec(name)![1]),
  );
  if (sets.has(undefined)) return undefined;
  if (sets.size < 2) return [...sets][0];
  throw new DataError('ARGUMENT', {
    where,
    expected: 'the name of one of its sets',
    received: [...sets].join(', '),
    fix: `Give set: '${[...sets][0]}', or another.`,
  });
}

/** What the first class's label is, and what the classes are called: IDX files don't say, so '0' or '1' to the largest label. */
function numbering(parts: readonly Uint8Array[], known: readonly string[] | undefined): Numbering {
  const found = new Set(parts.flatMap((labels) => [...new Set(labels)]));
  const largest = Math.max(...found);
  const isFromOne = found.has(1) && !found.has(0);
  if (known !== undefined) return { first: isFromOne && largest === known.length ? 1 : 0, names: known };
  const first = isFromOne ? 1 : 0;
  return { first, names: Array.from({ length: largest + 1 - first }, (_, i) => String(i + first)) };
}

function requireFiles(files: readonly NamedFile<Bytes>[], where: string): void {
  const wrong = Array.isArray(files) ? files.find((file) => typeof file?.name !== 'string') : files;
  if (Array.isArray(files) && wrong === undefined) return;
  const isBytes = /Array(Buffer)?$/.test(typeOf(wrong));
  throw new DataError('ARGUMENT', {
    where,
    expected: 'an array of files, { name, bytes } each',
    received: Array.isArray(files) ? `one that holds ${describe(wrong)}` : describe(wrong),
    fix: isBytes
      ? 'Give the four files with their names: [{ name: file.name, bytes: await file.arrayBuffer() }, ...].'
      : "Give all four files of a data set in MNIST's format, under their usual names.",
  });
}

/**
 * Browsers and servers unpack `x.gz` by themselves at times and leave it its name. An IDX file begins with two zero bytes,
 * a gzip file with 1f 8b.
 */
function unpacked(name: string, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const isIdx = bytes[0] === 0 && bytes[1] === 0;
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isPacked || (name.endsWith('.gz') && !isIdx) ? gunzip(bytes, { maxBytes, file: name }) : bytes;
}

function otherChannels(where: string, expected: number, received: number): DataError {
  return new DataError('MISMATCH', {
    where,
    expected: `pictures of ${expected} channels, as those to train on`,
    received: `${received}`,
    fix: 'Take both files from the same release of the data set.',
  });
}

function missing(
  where: string,
  [part]: readonly string[],
  content: Content,
  set: string | undefined,
  files: readonly NamedFile<Bytes>[],
): DataError {
  const rank = content === 'images' ? '3' : '1';
  const name = set === undefined ? part : `emnist-${set}-${part === 't10k' ? 'test' : part}`;
  const received = files.map((file) => file.name.replace(/^.*[\\/]/, ''));
  const isZipped = received.length > 0 && received.every((file) => /\.zip$/i.test(file));
  return new DataError('NOT_FOUND', {
    where,
    expected: `a file ${name}-${content}-idx${rank}-ubyte, packed (.gz) or not`,
    received: received.length === 0 ? 'no file' : received.slice(0, 8).join(', '),
    fix: isZipped
      ? 'Unpack the archives first.'
      : "Give all four files of a data set in MNIST's format, under their usual names.",
  });
}
