import { type Bytes, bytesOf, describe, typeOf } from './arrays.js';
import { type DataSplit, pictureDataset } from './dataset.js';
import { DataError } from './error.js';
import { gunzip } from './gunzip.js';
import { readIdxLabels, readIdxPictures } from './idx.js';

/** The last part of a path. Some releases write a dot for the second hyphen. */
const NAME = /^(?:.*[\\/])?(train|t10k)-(images|labels)[-.]idx[134]-ubyte(\.gz)?$/;

type Part = 'train' | 't10k';
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
  /** The most bytes that a packed file may hold. Default 64 MiB, for 85,000 pictures of 28x28. */
  maxBytes?: number;
}

/** Whether a file has one of the four names that `idxSplit` looks for, packed or not. */
export function isIdxFileName(name: string): boolean {
  return NAME.test(name);
}

/**
 * The pictures of a data set in MNIST's format: four IDX files, `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each packed (`.gz`) or not, in any order; colour pictures
 * [N, H, W, 3] are in files named `idx4`. Where one is there both packed and not, the packed one is read; files of other names
 * are left alone. Pictures that came unpacked are views of the files' bytes, not copies.
 *
 * @returns pictures to train on, and those of `t10k` to test with; [H, W, C] each.
 * @throws DataError naming the file: `NOT_FOUND` when one is missing; `FORMAT` when it's damaged, another kind of file, of
 *   another picture size, or has a label without a class name; `MISMATCH` when pictures and labels are swapped or
 *   differ in number; `LIMIT` when a packed file holds more than `maxBytes`; `ARGUMENT` for anything but named bytes.
 */
export function idxSplit(
  files: readonly NamedFile<Bytes>[],
  { name = 'idx', where = name, size, classNames, maxBytes = 64 * 2 ** 20 }: IdxSplitOptions = {},
): DataSplit {
  requireFiles(files, where);
  const find = (part: Part, content: Content): { name: string; bytes: Uint8Array } => {
    const [packed, plain] = ['.gz', undefined].map((ending) =>
      files.find((file) => {
        const [, thisPart, thisContent, thisEnding] = NAME.exec(file.name) ?? [];
        return thisPart === part && thisContent === content && thisEnding === ending;
      }),
    );
    const found = packed ?? plain;
    if (found === undefined) throw missing(where, part, content, files);
    return { name: found.name, bytes: unpacked(found.name, bytesOf(found.bytes, found.name), maxBytes) };
  };
  const read = (part: Part, expected: typeof size) => {
    const pictures = find(part, 'images');
    const { images, count, shape } = readIdxPictures(pictures.bytes, { file: pictures.name, size: expected });
    const { name: file, bytes } = find(part, 'labels');
    const labels = readIdxLabels(bytes, { file, classes: classNames?.length, count });
    return { name: `${name}/${part}`, file: pictures.name, images, labels, shape };
  };
  const train = read('train', size);
  const test = read('t10k', [train.shape[0], train.shape[1]]);
  if (test.shape[2] !== train.shape[2]) throw otherChannels(test.file, train.shape[2], test.shape[2]);
  const names = classNames ?? numbers(train.labels, test.labels);
  return {
    train: pictureDataset({ ...train, classNames: names }),
    test: pictureDataset({ ...test, classNames: names }),
  };
}

/** IDX files don't name their classes: '0' to the largest label. */
function numbers(...labels: readonly Uint8Array[]): string[] {
  const largest = labels.flatMap((part) => [...new Set(part)]).reduce((a, b) => Math.max(a, b), 0);
  return Array.from({ length: largest + 1 }, (_, i) => String(i));
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

function missing(where: string, part: Part, content: Content, files: readonly NamedFile<Bytes>[]): DataError {
  const rank = content === 'images' ? '3' : '1';
  const received = files.map((file) => file.name.replace(/^.*[\\/]/, ''));
  return new DataError('NOT_FOUND', {
    where,
    expected: `a file ${part}-${content}-idx${rank}-ubyte, packed (.gz) or not`,
    received: received.length === 0 ? 'no file' : received.slice(0, 8).join(', '),
    fix: "Give all four files of a data set in MNIST's format, under their usual names.",
  });
}
