import { features, type Module } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import { drawPictures, type Pictures } from './pictures.js';

/**
 * What a module inside a network sees in each picture of a batch: a grey picture for each channel of its output.
 *
 * @param x [B, H, W, C], prepared as the model expects
 * @param path of a module, such as `stages.0.1`; see `featurePaths`
 * @returns B times C pictures of h x w
 * @throws BlocksError `PATH` when no module of this path gives pictures.
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
  const onDevice = features(model, x, path);
  try {
    const [batch, height, width, count] = onDevice.shape;
    const values = await onDevice.data<'float32'>(); // [B, h, w, C]
    return Array.from({ length: batch }, (_, example) =>
      drawPictures(
        { count, height, width, channels: 1 },
        (map, row, column) => values[((example * height + row) * width + column) * count + map]!,
      ),
    );
  } finally {
    onDevice.dispose();
  }
}
