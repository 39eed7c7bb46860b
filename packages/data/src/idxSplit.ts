import { type DataSplit, type PictureDataset, pictureDataset } from './dataset.js';
import { DataError } from './errors.js';
import { gunzip } from './gunzip.js';
import { readIdxLabels, readIdxPictures } from './idx.js';

/** MNIST's format has ten classes; its files don't name them. */
const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

/** The last part of a path. Some releases write a dot for the second hyphen. */
const NAME = /^(?:.*[\\/])?(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/;

type Part = 'train' | 't10k';
type Content = 'images' | 'labels';

/** A file and its name, which may be a path. */
export interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

export interface IdxSplitOptions {
  /** For messages and for the datasets' names: `mine` gives `mine/train` and `mine/t10k`. Default `idx`. */
  name?: string;
  /** The height and width that the pictures must have. Default: those of the training pictures. */
  size?: readonly [height: number, width: number];
  /** In the order of the labels. Default: the ten digits. */
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
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each packed (`.gz`) or not, in any order. Where one is there
 * both packed and not, the packed one is read; files of other names are left alone. Pictures that came unpacked are views
 * of the files' bytes, not copies.
 *
 * @returns pictures to train on, and those of `t10k` to test with; [H, W, 1] each.
 * @throws DataError naming the file: `NOT_FOUND` when one is missing; `FORMAT` when it's damaged, another kind of file, of
 *   another picture size, or has a label without a class name; `MISMATCH` when pictures and labels are swapped or
 *   differ in number; `LIMIT` when a packed file holds more than `maxBytes`.
 */
export function idxSplit(
  files: readonly NamedFile[],
  { name = 'idx', size, classNames = DIGITS, maxBytes = 64 * 2 ** 20 }: IdxSplitOptions = {},
): DataSplit {
  const find = (part: Part, content: Content): NamedFile => {
    const [packed, plain] = ['.gz', undefined].map((ending) =>
      files.find((file) => {
        const [, thisPart, thisContent, thisEnding] = NAME.exec(file.name) ?? [];
        return thisPart === part && thisContent === content && thisEnding === ending;
      }),
    );
    const found = packed ?? plain;
    if (found === undefined) throw missing(name, part, content, files);
    return { name: found.name, bytes: unpacked(found, maxBytes) };
  };
  const read = (part: Part, expected: typeof size): PictureDataset => {
    const pictures = find(part, 'images');
    const { images, count, shape } = readIdxPictures(pictures.bytes, { file: pictures.name, size: expected });
    const { name: file, bytes } = find(part, 'labels');
    const labels = readIdxLabels(bytes, { file, classes: classNames.length, count });
    return pictureDataset({ name: `${name}/${part}`, images, labels, shape, classNames });
  };
  const train = read('train', size);
  return { train, test: read('t10k', [train.shape[0], train.shape[1]]) };
}

/**
 * Browsers and servers unpack `x.gz` by themselves at times and leave it its name. An IDX file begins with two zero bytes,
 * a gzip file with 1f 8b.
 */
function unpacked({ name, bytes }: NamedFile, maxBytes: number): Uint8Array {
  const isIdx = bytes[0] === 0 && bytes[1] === 0;
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isPacked || (name.endsWith('.gz') && !isIdx) ? gunzip(bytes, { maxBytes, file: name }) : bytes;
}

function missing(where: string, part: Part, content: Content, files: readonly NamedFile[]): DataError {
  const rank = content === 'images' ? 3 : 1;
  const received = files.map((file) => file.name.replace(/^.*[\\/]/, ''));
  return new DataError('NOT_FOUND', {
    where,
    expected: `a file ${part}-${content}-idx${rank}-ubyte, packed (.gz) or not`,
    received: received.length === 0 ? 'no file' : received.slice(0, 8).join(', '),
    fix: "Give all four files of a data set in MNIST's format, under their usual names.",
  });
}
