import { describe, expect, it } from 'vitest';
import { pictureDataset } from './dataset.js';
import { normalizationOf } from './normalization.js';

const of = (images: Uint8Array, channels: number) =>
  normalizationOf(
    pictureDataset({
      name: 'toy',
      images,
      labels: new Uint8Array(images.length / channels),
      shape: [1, 1, channels],
      classNames: ['a'],
    }),
  );

describe('normalizationOf', () => {
  it('is the mean and the deviation of the population, a channel each', () => {
    // Levels 0 and 255 in equal number: mean 1/2, deviation 1/2; 51 and 102: 0.3 and 0.1.
    expect(of(Uint8Array.of(0, 51, 7, 255, 102, 7), 3)).toEqual({
      mean: [0.5, 0.3, 0.0275],
      standardDeviation: [0.5, 0.1, 1],
    });
  });

  it('agrees with the definition, computed the long way', () => {
    const images = Uint8Array.from({ length: 3000 }, (_, i) => (i * i * 7 + i) % 256);
    const mean = images.reduce((sum, level) => sum + level / 255, 0) / 3000;
    const variance = images.reduce((sum, level) => sum + (level / 255 - mean) ** 2, 0) / 3000;
    expect(of(images, 1)).toEqual({
      mean: [Number(mean.toFixed(4))],
      standardDeviation: [Number(Math.sqrt(variance).toFixed(4))],
    });
  });
});
