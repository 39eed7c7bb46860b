import type { PictureDataset } from './dataset.js';
import { normalizationOf } from './normalization.js';
import type { DataParts } from './source.js';
import type { Step, Task } from './task.js';

/** What separates a dark ground from a light one. */
const HALF = 127.5;

/**
 * A task for pictures that are trained on as they are. Its steps bring any other picture to their size, and give back one of
 * theirs unchanged: colour pictures are stretched; so are grey ones, except on a dark ground (the median of the corners, in 99 of
 * 100), where any picture becomes light on dark and its subject fills the picture. The rows are steps of `@residual/pictures`.
 *
 * @param options.name Which pictures: the data set's name, never its path.
 * @param options.sha256 Of the pictures, where it is known.
 * @returns with the mean and the standard deviation of the training pictures as `normalize`.
 *
 * @example
 * const { train, test } = idxSplit(files);
 * const task = taskOf({ train, test }, { name: 'mine' });
 */
export function taskOf(
  { train }: DataParts<PictureDataset>,
  { name, sha256 }: { name: string; sha256?: string },
): Task {
  const [height, width, channels] = train.shape;
  return {
    version: 1,
    picture: { height, width, channels: channels as 1 | 3 },
    steps: stepsTo(train),
    normalize: normalizationOf(train),
    classNames: train.classNames,
    data: { name, ...(sha256 === undefined ? {} : { sha256 }) },
  };
}

function stepsTo(train: PictureDataset): readonly Step[] {
  const [height, width, channels] = train.shape;
  const stretch = { name: 'stretch', height, width, interpolation: 'bilinear' };
  if (channels === 3) return [{ name: 'color' }, stretch];
  if (!isOnDark(train)) return [{ name: 'grey' }, stretch];
  return [{ name: 'grey' }, { name: 'lightOnDark' }, { name: 'fitSubject', height, width }];
}

function isOnDark({ images, length, shape: [height, width] }: PictureDataset): boolean {
  let dark = 0;
  for (let start = 0; start < images.length; start += height * width) {
    const corners = [0, width - 1, (height - 1) * width, height * width - 1].map((at) => images[start + at]!);
    corners.sort((a, b) => a - b);
    if ((corners[1]! + corners[2]!) / 2 < HALF) dark++;
  }
  return dark >= 0.99 * length;
}
