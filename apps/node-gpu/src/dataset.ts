import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DataSplit,
  gunzip,
  limit,
  type PictureDataset,
  pictureDataset,
  readIdxLabels,
  readIdxPictures,
} from '@residual/data';
import { fashionMnist } from '@residual/fashion-mnist';
import { CommandError } from './error.js';

const MAX_BYTES = 64 * 2 ** 20;
/** MNIST's format has ten classes; files don't name them. */
const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

/**
 * The pictures to train on and to judge by: Fashion-MNIST, or the four IDX files of `directory`, packed or not.
 *
 * @param count Take only the first so many training pictures, and at most as many test pictures.
 * @throws CommandError `FILE` or DataError naming the file that's missing, damaged, or doesn't match another.
 */
export async function loadDataset(directory?: string, count?: number): Promise<DataSplit> {
  const data = directory === undefined ? await fashionMnist() : await readMnist(directory);
  if (count === undefined) return data;
  return { train: limit(data.train, count), test: limit(data.test, count) };
}

async function readMnist(directory: string): Promise<DataSplit> {
  return { train: await readPart(directory, 'train'), test: await readPart(directory, 't10k') };
}

async function readPart(directory: string, part: 'train' | 't10k'): Promise<PictureDataset> {
  const pictures = await readUnpacked(directory, `${part}-images-idx3-ubyte`);
  const { images, count, shape } = readIdxPictures(pictures.bytes, { file: pictures.file, size: [28, 28] });
  const labelled = await readUnpacked(directory, `${part}-labels-idx1-ubyte`);
  const labels = readIdxLabels(labelled.bytes, { file: labelled.file, classes: DIGITS.length, count });
  return pictureDataset({ name: join(directory, part), images, labels, shape, classNames: DIGITS });
}

/** The content of `name`.gz or, where there's none, of `name`. */
async function readUnpacked(directory: string, name: string): Promise<{ file: string; bytes: Uint8Array }> {
  const file = join(directory, name);
  const packed = await readIfThere(`${file}.gz`);
  if (packed)
    return { file: `${file}.gz`, bytes: gunzip(packed, { maxBytes: MAX_BYTES, file: `${file}.gz` }) };
  const bytes = await readIfThere(file);
  if (bytes) return { file, bytes };
  throw new CommandError('FILE', {
    where: `${file}.gz`,
    expected: "MNIST's four files in the folder of --data, packed or not",
    received: 'no such file',
    fix: 'Check the folder, or leave --data out for Fashion-MNIST.',
  });
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
