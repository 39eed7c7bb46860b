import { type FeaturePath, featurePaths, features } from '@residual/blocks';
import type { RawPicture, Task } from '@residual/data';
import type { Classifier } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { inputOf, taskInput } from './input.js';
import { inputShapeOf } from './network.js';

const HEAD = 'head';

export interface EmbedOptions {
  /** Of the module whose output it is, as of `features`. Default: the last before the head, from which the head answers. */
  path?: string;
}

/** Where a network's features end and its head begins: of a ResNet its last stage. */
export function trunkPath(model: Classifier, task: Task): FeaturePath {
  const paths = featurePaths(model, inputShapeOf(task));
  return paths.filter(({ path }) => path !== HEAD && !path.startsWith(`${HEAD}.`)).at(-1)!;
}

/**
 * What a network makes of pictures before it answers, a row of numbers each: what a search for similar pictures, a plot, or another
 * classifier starts from. Features averaged over their places, free of the batch: the same bits alone or among others.
 *
 * @param model of the task
 * @returns for each picture as many numbers as the module has channels
 * @throws BlocksError `PATH`, naming the paths there are; what the task's steps throw.
 *
 * @example
 * const [cat, dog] = await embedAll(model, [{ data: pixels, width: 640, height: 480 }, other], task);
 * console.log(cat.length); // 512 of a ResNet-18
 */
export async function embedAll(
  model: Classifier,
  pictures: readonly RawPicture[],
  task: Task,
  { path = trunkPath(model, task).path }: EmbedOptions = {},
): Promise<Float32Array[]> {
  if (pictures.length === 0) return [];
  const rows = tf.tidy(() => {
    const x = inputOf(pictures, taskInput(task)); // [B, H, W, C]
    return tf.mean(features(model, x, path, { batchFree: true }), [1, 2]); // [B, channels]
  });
  try {
    const values = await rows.data<'float32'>();
    const width = values.length / pictures.length;
    return pictures.map((_, i) => values.slice(i * width, (i + 1) * width));
  } finally {
    rows.dispose();
  }
}
