import { models } from '@residual/models';
import { recipes } from '@residual/recipes';
import { expect, test } from 'vitest';
import { modelNames, recipeFacts } from './catalogue.js';

test('the page offers every recipe, with its own values', () => {
  const facts = Object.fromEntries(
    Object.values(recipes).map(({ name, training: { model, batchSize, epochs, seed, optimizer } }) => [
      name,
      { model: model.name, batchSize, learningRate: optimizer.learningRate, epochs, seed },
    ]),
  );
  const offered = Object.entries(recipeFacts).map(([name, { label: _, summary: __, ...rest }]) => [
    name,
    rest,
  ]);
  expect(Object.fromEntries(offered)).toEqual(facts);
});

test('every network that the page offers exists', () => {
  for (const name of modelNames) expect(models).toHaveProperty(name);
});
