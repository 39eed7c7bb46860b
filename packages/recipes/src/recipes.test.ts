import { fashionMnistTask } from '@residual/fashion-mnist';
import { models } from '@residual/models';
import { configure } from '@residual/runs';
import { describe, expect, it } from 'vitest';
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
