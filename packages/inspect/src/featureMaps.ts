import type { Module } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import { featuresAt } from './features.js';
import { drawPictures, type Pictures } from './pictures.js';

/**
 * What a module inside a network sees in each picture of a batch: a grey picture for each channel of its output.
 *
 * @param x [B, H, W, C], prepared as the model expects
 * @param path of a module, such as `stages.0.1`; see `featurePaths`
 * @returns B times C pictures of h x w
 * @throws InspectError `PATH` when no module of this path gives pictures.
 *
 * @example
 * const [maps] = await featureMaps(model, x, 'stem');
 * const first = maps.data.subarray(0, maps.height * maps.width);
 */
export async function featureMaps(
  model: Module<tf.Tensor4D>,
  x: tf.Tensor4D,
  path: string,
): Promise<Pictures[]> {
  const { features, output } = featuresAt(model, x, path, 'featureMaps');
  output.dispose();
  try {
    const [batch, height, width, count] = features.shape;
    const values = await features.data<'float32'>(); // [B, h, w, C]
    return Array.from({ length: batch }, (_, example) =>
      drawPictures(
        { count, height, width, channels: 1 },
        (map, row, column) => values[((example * height + row) * width + column) * count + map]!,
      ),
    );
  } finally {
    features.dispose();
  }
}
