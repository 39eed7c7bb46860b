import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataSplit, idxSplit, isIdxFileName, limit } from '@residual/data';
import { fashionMnist } from '@residual/fashion-mnist';

/**
 * The pictures to train on and to judge by: Fashion-MNIST, or the four IDX files of `directory`, packed or not.
 *
 * @param count Take only the first so many training pictures, and at most as many test pictures.
 * @throws the system's error when the folder can't be read; DataError naming the file that's missing, damaged, or
 *   doesn't match another.
 */
export async function loadDataset(directory?: string, count?: number): Promise<DataSplit> {
  const data = directory === undefined ? await fashionMnist() : await readFolder(directory);
  if (count === undefined) return data;
  return { train: limit(data.train, count), test: limit(data.test, count) };
}

async function readFolder(directory: string): Promise<DataSplit> {
  const names = (await readdir(directory)).filter(isIdxFileName).map((name) => join(directory, name));
  const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(name) })));
  return idxSplit(files, { name: directory, size: [28, 28] });
}
