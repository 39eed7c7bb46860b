import type { PictureDataset } from './dataset.js';
import type { Normalize } from './task.js';

/** Enough to centre the pictures; more would only make files longer. */
const DIGITS = 4;

/**
 * The mean and the standard deviation (of the population) of each channel over all pixels of a dataset, on the scale 0 to 1,
 * rounded to 4 digits: a task's `normalize`. Sums are of whole numbers, exact up to 10^11 pixels. A channel that never changes
 * has 1 for its deviation, so that dividing by it changes nothing.
 *
 * @example
 * const task = { ...fashionMnistTask, normalize: normalizationOf(train) };
 */
export function normalizationOf({ images, shape }: PictureDataset): Normalize {
  const channels = shape[2];
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let i = 0; i < images.length; i += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const level = images[i + channel]!;
      sums[channel]! += level;
      squares[channel]! += level * level;
    }
  }
  const count = images.length / channels;
  return normalizationOfMoments(
    Array.from(sums, (sum) => sum / count),
    Array.from(squares, (sum) => sum / count),
  );
}

/**
 * The same from each channel's mean level and mean square, levels being 0 to 255: of pictures that are never in memory together.
 */
export function normalizationOfMoments(means: readonly number[], meanSquares: readonly number[]): Normalize {
  const deviations = means.map((mean, channel) =>
    Math.sqrt(Math.max(0, meanSquares[channel]! - mean * mean)),
  );
  return {
    mean: means.map((level) => rounded(level / 255)),
    standardDeviation: deviations.map((level) => rounded(level / 255) || 1),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(DIGITS));
}
