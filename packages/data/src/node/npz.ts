import { basename } from 'node:path';
import * as v from 'valibot';
import type { PictureDataset } from '../dataset.js';
import { DataError } from '../error.js';
import { type NpyArray, npyPictures, readNpy } from '../npz.js';
import { defineSource } from '../source.js';
import { taskOf } from '../taskOf.js';
import { hashOfParts } from './hashOfParts.js';
import { ZipArchive } from './zip.js';

/** All arrays are held in memory. */
const MOST_BYTES = 2 ** 32;

/** MedMNIST's names, and those of Keras' `mnist.npz`. */
const NAMES: Record<'train' | 'val' | 'test', readonly (readonly [images: string, labels: string])[]> = {
  train: [
    ['train_images.npy', 'train_labels.npy'],
    ['x_train.npy', 'y_train.npy'],
  ],
  val: [
    ['val_images.npy', 'val_labels.npy'],
    ['x_val.npy', 'y_val.npy'],
  ],
  test: [
    ['test_images.npy', 'test_labels.npy'],
    ['x_test.npy', 'y_test.npy'],
  ],
};

/**
 * A row of the source `npz`: the file `path` with the arrays `train_images`, `train_labels`, and those of `val_` and `test_` where
 * they are (MedMNIST's names; Keras' `x_train`, `y_train` as well), bytes [N, H, W] or [N, H, W, C]; `dataName` and `classNames`
 * where they are not the file's name and the numbers from 0; `maxBytes`, of one array, 4 GiB unless it is given.
 */
export const npzSource = defineSource({
  name: 'npz',
  parameters: v.strictObject({
    path: v.pipe(v.string(), v.nonEmpty()),
    dataName: v.optional(v.pipe(v.string(), v.nonEmpty())),
    classNames: v.optional(v.array(v.string())),
    maxBytes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  }),
  load: async ({
    path,
    dataName = basename(path).replace(/\.npz$/i, ''),
    classNames,
    maxBytes = MOST_BYTES,
  }) => {
    const archive = await ZipArchive.open(path, { maxBytes, maxRatio: Number.POSITIVE_INFINITY }); // black pictures pack well
    requireReadable(archive);
    const arrays = new Map<string, readonly [NpyArray, NpyArray]>();
    for (const [part, names] of Object.entries(NAMES)) {
      const found = names.find((pair) => pair.every((name) => archive.names.includes(name)));
      if (found === undefined) continue;
      const [images, labels] = [await array(archive, found[0]), await array(archive, found[1])];
      arrays.set(part, [images, labels]);
    }
    if (!arrays.has('train')) throw missing(archive);
    const names = classNames ?? numbersTo([...arrays.values()].map(([, labels]) => labels));
    const part = (name: string): PictureDataset | undefined => {
      const pair = arrays.get(name);
      return pair && npyPictures(...pair, { name: `${dataName}/${name}`, classNames: names });
    };
    const [train, validation, test] = [part('train')!, part('val'), part('test')];
    for (const one of [validation, test]) if (one) requireShapeOf(train, one);
    const parts = { train, ...(validation && { validation }), ...(test && { test }) };
    return { ...parts, task: taskOf(parts, { name: dataName, sha256: hashOfParts(parts) }) };
  },
});

function requireShapeOf(train: PictureDataset, { name, shape }: PictureDataset): void {
  if (shape.join() === train.shape.join()) return;
  throw new DataError('MISMATCH', {
    where: `${name}: images`,
    expected: `pictures of [${train.shape.join(', ')}], as those to train on`,
    received: `[${shape.join(', ')}]`,
    fix: 'Take all parts from the same release of the data set.',
  });
}

async function array(archive: ZipArchive, name: string): Promise<NpyArray> {
  return readNpy(await archive.read(name), `${archive.path}: ${name}`);
}

/** Such files don't name their classes: '0' to the largest label. */
function numbersTo(labels: readonly NpyArray[]): string[] {
  let largest = 0;
  for (const { data } of labels) for (const label of data) largest = Math.max(largest, label);
  if (largest >= 2 ** 20) return ['0']; // no class number, which the dataset then refuses by its position
  return Array.from({ length: largest + 1 }, (_, i) => String(i));
}

/** An array that the archive's reader passes over would be missed only by the figures that it was to give. */
function requireReadable({ path, passedOver }: ZipArchive): void {
  const known = Object.values(NAMES).flat(2);
  const left = passedOver.find(({ file }) => known.includes(file));
  if (left === undefined) return;
  throw new DataError('LIMIT', {
    where: `${path}: ${left.file}`,
    expected: 'an array that can be read safely',
    received: left.reason,
    fix: 'Save the arrays again with numpy.savez, or raise maxBytes where one is only large.',
  });
}

function missing({ path, names }: ZipArchive): DataError {
  return new DataError('NOT_FOUND', {
    where: path,
    expected: 'the arrays train_images and train_labels, or x_train and y_train',
    received: names.slice(0, 8).join(', ') || 'no array',
    fix: 'Save them with numpy.savez(path, train_images=..., train_labels=...).',
  });
}
