import { type PictureInputOptions, type Prepare, pictureInput } from '@residual/trainer';
import type { Recipe } from './recipe.js';

/** How a recipe turns bytes into its network's input, in the terms of `pictureInput`. */
export function inputOptions({ inputSize, normalise }: Recipe): PictureInputOptions {
  return {
    resize: inputSize,
    ...(normalise && {
      normalize: { mean: [normalise.mean], standardDeviation: [normalise.standardDeviation] },
    }),
  };
}

/** Turns bytes [B, H, W, 1] into the input of the recipe's network. */
export function recipeInput(recipe: Recipe): Prepare {
  return pictureInput(inputOptions(recipe));
}
