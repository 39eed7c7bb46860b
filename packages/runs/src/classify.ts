import { predict } from '@residual/blocks';
import type { RawPicture, Task } from '@residual/data';
import type { Classifier } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { inputOf, taskInput } from './input.js';

export interface Classification {
  className: string;
  /** In [0, 1]. */
  probability: number;
}

export interface ClassifyOptions {
  /** How many classes to give. Default 3. */
  top?: number;
}

/**
 * The likeliest classes of a picture, the likeliest first. Any picture will do: the task's steps make it what the network sees.
 * The logits are free of the batch: the same bits alone or among others.
 *
 * @param model of the task
 * @throws what the steps throw, such as PicturesError when the pixels do not fill the picture's width and height.
 *
 * @example
 * const [best] = await classify(model, { data: pixels, width: 640, height: 480 }, task);
 * console.log(best?.className, best?.probability);
 */
export async function classify(
  model: Classifier,
  picture: RawPicture,
  task: Task,
  options: ClassifyOptions = {},
): Promise<Classification[]> {
  return (await classifyAll(model, [picture], task, options))[0]!;
}

/** {@link classify} for several pictures, in one batch: for each its likeliest classes. */
export async function classifyAll(
  model: Classifier,
  pictures: readonly RawPicture[],
  task: Task,
  { top = 3 }: ClassifyOptions = {},
): Promise<Classification[][]> {
  if (pictures.length === 0) return [];
  const probabilities = tf.tidy(() => {
    const x = inputOf(pictures, taskInput(task)); // [B, H, W, C]
    return tf.softmax(predict(model, x, { batchFree: true })); // [B, K]
  });
  try {
    const values = await probabilities.data<'float32'>();
    const classes = task.classNames.length;
    return pictures.map((_, i) => likeliest(values.subarray(i * classes, (i + 1) * classes), task, top));
  } finally {
    probabilities.dispose();
  }
}

function likeliest(probabilities: Float32Array, { classNames }: Task, top: number): Classification[] {
  return Array.from(probabilities, (probability, i) => ({ className: classNames[i]!, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
}
