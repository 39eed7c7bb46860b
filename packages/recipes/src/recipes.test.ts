import { fashionMnistTask } from '@residual/fashion-mnist';
import { findModel, models } from '@residual/models';
import '@residual/models/family';
import { configure } from '@residual/runs';
import { describe, expect, it } from 'vitest';
import { comparisons } from './comparisons.js';
import { chooseRecipe, findRecipe, recipes } from './recipes.js';

describe('recipes', () => {
  it('d2l is the chapter: nothing but plain SGD on resized pictures', () => {
    expect(recipes.d2l).toMatchObject({
      resize: [96, 96],
      normalize: false,
      training: {
        model: { name: 'd2l-resnet18' },
        augment: [],
        batchSize: 128,
        epochs: 10,
        optimizer: { learningRate: 0.01, momentum: 0, nesterov: false, weightDecay: 0 },
        schedule: { name: 'constant', warmup: 0 },
        loss: { name: 'softmaxCrossEntropy', labelSmoothing: 0 },
        gradientClipNorm: 0,
        averageDecay: null,
      },
    });
  });

  it.each(Object.values(recipes))('$name is plain JSON, and its model is made for its pictures', (recipe) => {
    expect(JSON.parse(JSON.stringify(recipe))).toEqual(recipe);
    const { task, training } = configure(recipe, fashionMnistTask);
    const { height, width, channels } = task.picture;
    expect(models[training.model.name as keyof typeof models].inputShape).toEqual([height, width, channels]);
    expect(training.recipe).toBe(recipe.name);
    expect(findRecipe(recipe.name)).toBe(recipe);
  });

  it('are found by name only', () => {
    for (const name of ['slow', 'toString', '']) {
      expect(() => findRecipe(name)).toThrow(
        `recipe: expected one of d2l, quick, received ${name}. Choose one of them.`,
      );
    }
  });
});

describe('comparisons', () => {
  it.each(Object.entries(comparisons))('%s are networks that there are, trained alike', (key, comparison) => {
    const { name, claim, recipes: all } = comparison;
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
    expect([key, claim]).toEqual([name, expect.stringMatching(/Dive into Deep Learning|arXiv \d{4}\.\d{5}/)]);
    const configs = all.map((recipe) => configure(recipe, fashionMnistTask));
    const names = configs.map(({ training }) => findModel(training.model.name, undefined).name);
    expect(new Set(names).size).toBe(all.length);
    const alike = configs.map(({ task, training }) => ({ task, training: { ...training, model: null } }));
    for (const one of alike) expect(one).toEqual(alike[0]);
  });
});

describe('chooseRecipe', () => {
  it('takes the chapter on a GPU and the quick recipe without one, and says how to get the other', () => {
    const withGpu = chooseRecipe({ hasGpu: true });
    expect(withGpu.recipe).toBe(recipes.d2l);
    expect(withGpu.reason).toMatch(/^d2l, because .*quick/);
    const without = chooseRecipe({ hasGpu: false });
    expect(without.recipe).toBe(recipes.quick);
    expect(without.reason).toMatch(/^quick, because .*d2l/);
  });
});
