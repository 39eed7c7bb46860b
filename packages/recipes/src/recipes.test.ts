import { models } from '@residual/models';
import { describe, expect, it } from 'vitest';
import { chooseRecipe } from './chooseRecipe.js';
import { findRecipe, recipes } from './recipes.js';

describe('recipes', () => {
  it('d2l is the chapter: nothing but plain SGD on resized pictures', () => {
    expect(recipes.d2l).toMatchObject({
      model: 'd2l-resnet18',
      inputSize: [96, 96],
      normalise: null,
      augment: [],
      batchSize: 128,
      epochs: 10,
      optimizer: { learningRate: 0.01, momentum: 0, nesterov: false, weightDecay: 0 },
      schedule: { name: 'constant' },
      labelSmoothing: 0,
      gradientClipNorm: 0,
      averageDecay: null,
    });
  });

  it.each(Object.values(recipes))('$name is plain JSON, and its model is made for its pictures', (recipe) => {
    expect(JSON.parse(JSON.stringify(recipe))).toEqual(recipe);
    expect(models[recipe.model].inputShape).toEqual([...recipe.inputSize, 1]);
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
