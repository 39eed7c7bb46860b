import { predict } from '@residual/blocks';
import type { RawPicture } from '@residual/data';
import { classNames as fashionClassNames, fashionMnistTask } from '@residual/fashion-mnist';
import { preparePicture } from '@residual/pictures';
import type { Classifier } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { recipeInput } from './input.js';
import type { Recipe } from './recipe.js';

/** The side of Fashion-MNIST's pictures. */
const SIDE = 28;

export interface Classification {
  className: string;
  /** In [0, 1]. */
  probability: number;
}

export interface ClassifyOptions {
  /** How many classes to give. Default 3. */
  top?: number;
  /** In the order of the logits. Default: Fashion-MNIST's. */
  classNames?: readonly string[];
}

/**
 * The likeliest classes of a picture, the likeliest first. Any picture will do: it is made grey, light on dark, and
 * fitted to 28x28, as the training pictures were; then the recipe's own preparation follows.
 *
 * @throws PicturesError `MISMATCH` when the pixels do not fill the picture's width and height.
 *
 * @example
 * const [best] = await classify(model, { data: pixels, width: 28, height: 28 }, recipes.quick);
 * console.log(best?.className, best?.probability);
 */
export async function classify(
  model: Classifier,
  picture: RawPicture,
  recipe: Recipe,
  options?: ClassifyOptions,
): Promise<Classification[]> {
  return classifyPixels(model, preparePicture(picture, fashionMnistTask), recipe, options);
}

/**
 * The same for a picture that is grey, light on dark and 28x28 already, such as those of the data set and what `preparePicture`
 * of `@residual/pictures` gives.
 *
 * @param images 28 * 28 bytes, row by row
 */
export async function classifyPixels(
  model: Classifier,
  images: Uint8Array,
  recipe: Recipe,
  { top = 3, classNames = fashionClassNames }: ClassifyOptions = {},
): Promise<Classification[]> {
  const probabilities = tf.tidy(() => {
    const x = recipeInput(recipe)({ images, shape: [1, SIDE, SIDE, 1] }); // [1, h, w, 1]
    return tf.softmax(predict(model, x)); // [1, K]
  });
  try {
    const values = await probabilities.data<'float32'>();
    return Array.from(values, (probability, i) => ({ className: classNames[i] ?? `class ${i}`, probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, top);
  } finally {
    probabilities.dispose();
  }
}
