import { sgd } from '@residual/trainer';
import { RecipesError } from './error.js';
import type { Recipe } from './recipe.js';

/** The chapter, exactly. Source: Dive into Deep Learning 1.0.3, section 8.6.5. */
const d2l: Recipe = {
  name: 'd2l',
  summary: "The chapter's ResNet-18 on 96x96 pictures, 10 epochs of plain SGD; about 90 %",
  model: 'd2l-resnet18',
  inputSize: [96, 96],
  normalise: null,
  augment: [],
  batchSize: 128,
  epochs: 10,
  optimizer: sgd({ learningRate: 0.01 }),
  schedule: { name: 'constant' },
  labelSmoothing: 0,
  gradientClipNorm: 0,
  averageDecay: null,
  seed: 0,
};

/**
 * A small network on pictures as they are, with a short modern schedule.
 *
 * Source: ResNet-20 of He et al. (arXiv 1512.03385), section 4.2; one cycle of Smith & Topin (arXiv 1708.07120);
 * alternating flips of Jordan (arXiv 2404.00498).
 */
const quick: Recipe = {
  name: 'quick',
  summary: 'ResNet-20 on 28x28 pictures, 10 epochs of one cycle; about 93.7 %, also without a GPU',
  model: 'resnet20',
  inputSize: [28, 28],
  normalise: { mean: 0.286, standardDeviation: 0.353 },
  augment: ['alternatingFlip'],
  batchSize: 128,
  epochs: 10,
  optimizer: sgd({ learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
  schedule: { name: 'oneCycle', warmup: 0.1 },
  labelSmoothing: 0.1,
  gradientClipNorm: 0,
  averageDecay: 0.99,
  seed: 0,
};

/** All recipes by name. */
export const recipes = { d2l, quick } as const;

export type RecipeName = keyof typeof recipes;

/** @throws RecipesError `OPTION` when there is no recipe of this name. */
export function findRecipe(name: string): Recipe {
  const recipe = Object.entries(recipes).find(([known]) => known === name)?.[1];
  if (recipe !== undefined) return recipe;
  throw new RecipesError('OPTION', {
    where: 'recipe',
    expected: `one of ${Object.keys(recipes).join(', ')}`,
    received: name,
    fix: 'Choose one of them.',
  });
}
