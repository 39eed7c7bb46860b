import { describe, expect, it } from 'vitest';
import { configure, type Overrides } from './config.js';
import { parseConfig } from './parseConfig.js';
import { recipes } from './recipes.js';

describe('configure', () => {
  it('leaves a recipe as it is unless told otherwise', () => {
    const config = configure(recipes.d2l);
    expect(config.recipe).toEqual(recipes.d2l);
    expect(config.limit).toBeNull();
    expect(config.classNames).toHaveLength(10);
  });

  it('works overrides in', () => {
    const overrides = { epochs: 3, batchSize: 16, learningRate: 0.5, model: 'resnet20', seed: 9, limit: 100 };
    expect(configure(recipes.d2l, overrides)).toEqual({
      ...configure(recipes.d2l),
      recipe: {
        ...recipes.d2l,
        epochs: 3,
        batchSize: 16,
        model: 'resnet20',
        seed: 9,
        optimizer: { ...recipes.d2l.optimizer, learningRate: 0.5 },
      },
      limit: 100,
    });
  });

  it.each<[Overrides, RegExp]>([
    [
      { epochs: 0 },
      /^epochs: expected an integer of at least 1, received 0\. Train for one epoch or more\.$/,
    ],
    [{ epochs: 2.5 }, /^epochs: .* received 2\.5/],
    [{ batchSize: 0 }, /^batchSize: .* received 0\. The recipe quick uses 128\.$/],
    [{ batchSize: Number.NaN }, /^batchSize: .* received NaN/],
    [
      { learningRate: 0 },
      /^learningRate: expected a number above 0, received 0\. The recipe quick uses 0\.2\.$/,
    ],
    [{ learningRate: Number.POSITIVE_INFINITY }, /^learningRate: .* received Infinity/],
    [{ seed: -1 }, /^seed: expected an integer of at least 0, received -1/],
    [{ limit: 0 }, /^limit: .* received 0\. Leave it out to use all pictures\.$/],
    [
      { model: 'resnet19' },
      /^model: expected one of d2l-resnet18, resnet20, .*, received resnet19\. Choose one of them\.$/,
    ],
  ])('refuses %j, on one line', (overrides, message) => {
    expect(() => configure(recipes.quick, overrides)).toThrow(message);
    expect(() => configure(recipes.quick, overrides)).toThrow(expect.objectContaining({ code: 'OPTION' }));
  });
});

describe('parseConfig', () => {
  it.each(Object.values(recipes))('reads back what JSON kept of $name', (recipe) => {
    const config = configure(recipe, { limit: 50, learningRate: 0.3, seed: 4 }, ['a', 'b']);
    expect(parseConfig(JSON.parse(JSON.stringify(config)), 'config.json')).toEqual(config);
  });

  const { recipe, ...rest } = configure(recipes.quick);

  it.each([
    [undefined],
    [null],
    ['quick'],
    [{}],
    [{ recipe: 'quick', ...rest }],
    [{ ...rest, recipe: { ...recipe, epochs: '8' } }],
    [{ ...rest, recipe: { ...recipe, augment: {} } }],
    [{ ...rest, recipe: { ...recipe, model: null } }],
    [{ recipe, limit: null }],
  ])('refuses %j', (config) => {
    expect(() => parseConfig(config, 'config.json')).toThrow(
      expect.objectContaining({
        code: 'RESUME',
        message: expect.stringMatching(/^config\.json: expected the config of a recipe/),
      }),
    );
  });

  it('checks the values in it', () => {
    expect(() => parseConfig({ ...rest, recipe: { ...recipe, epochs: 0 } }, 'config.json')).toThrow(
      'epochs: expected an integer of at least 1, received 0.',
    );
  });
});
