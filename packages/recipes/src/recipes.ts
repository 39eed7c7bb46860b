import { alternatingFlip, shiftedCrop } from '@residual/pictures';
import { type Recipe, RunsError } from '@residual/runs';
import { sgd } from '@residual/trainer';
import type { ChosenRecipe, Machine } from './photos.js';

/** The chapter, exactly. Source: Dive into Deep Learning 1.0.3, section 8.6.5. */
const d2l: Recipe = {
  name: 'd2l',
  summary: "The chapter's ResNet-18 on 96x96 pictures, 10 epochs of plain SGD; about 90 %",
  resize: [96, 96],
  normalize: false,
  training: {
    recipe: 'd2l',
    model: { name: 'd2l-resnet18' },
    optimizer: sgd({ learningRate: 0.01 }),
    schedule: { name: 'constant', warmup: 0 },
    loss: { name: 'softmaxCrossEntropy', labelSmoothing: 0 },
    epochs: 10,
    batchSize: 128,
    gradientClipNorm: 0,
    averageDecay: null,
    augment: [],
    seed: 0,
    limit: null,
    holdOut: 0, // as the chapter does: its test pictures validate
  },
};

/**
 * A small network on pictures as they are, with a short modern schedule.
 *
 * Source: ResNet-20 of He et al. (arXiv 1512.03385), section 4.2; one cycle of Smith & Topin (arXiv 1708.07120);
 * alternating flips of Jordan (arXiv 2404.00498).
 */
const quick: Recipe = {
  name: 'quick',
  summary: 'ResNet-20 on 28x28 pictures, 16 epochs of one cycle; about 94 %, also without a GPU',
  resize: null,
  normalize: true,
  training: {
    recipe: 'quick',
    model: { name: 'resnet20' },
    optimizer: sgd({ learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    schedule: { name: 'oneCycle', warmup: 0.1 },
    loss: { name: 'softmaxCrossEntropy', labelSmoothing: 0.1 },
    epochs: 16,
    batchSize: 128,
    gradientClipNorm: 0,
    averageDecay: 0.99,
    augment: [alternatingFlip(), shiftedCrop({ padding: 1 })],
    seed: 0,
    limit: null,
    holdOut: 5000,
  },
};

/** All recipes by name. */
export const recipes = { d2l, quick } as const;

export type RecipeName = keyof typeof recipes;

/** @throws RunsError `OPTION` when there is no recipe of this name. */
export function findRecipe(name: string): Recipe {
  const recipe = Object.entries(recipes).find(([known]) => known === name)?.[1];
  if (recipe !== undefined) return recipe;
  throw new RunsError('OPTION', {
    where: 'recipe',
    expected: `one of ${Object.keys(recipes).join(', ')}`,
    received: name,
    fix: 'Choose one of them.',
  });
}

/**
 * What `auto` means for pictures of the chapter's kind: its recipe where there is a GPU to run it, the quick one elsewhere; and why.
 * For pictures of one's own it is `photosFor`.
 */
export function chooseRecipe({ hasGpu }: Machine): ChosenRecipe {
  return hasGpu
    ? {
        recipe: recipes.d2l,
        reason: 'd2l, because there is a GPU; the recipe quick takes a fraction of the time.',
      }
    : {
        recipe: recipes.quick,
        reason:
          'quick, because there is no GPU; the recipe d2l (the chapter, exactly) takes hours without one.',
      };
}
