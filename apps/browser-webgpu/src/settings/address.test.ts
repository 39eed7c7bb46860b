import { expect, test } from 'vitest';
import { queryFromSettings, recipeSettings, settingsFromQuery } from './address.js';

test('an address holds every setting', () => {
  const settings = {
    ...recipeSettings('d2l'),
    data: 'own',
    model: 'resnet20',
    limit: 640,
    batchSize: 32,
    learningRate: 0.05,
    epochs: 3,
    seed: 7,
    backend: 'simd',
    threads: 2,
  } as const;
  const query = queryFromSettings(settings);
  for (const name of Object.keys(settings)) expect(query).toContain(`${name}=`);
  expect(settingsFromQuery(query)).toEqual(settings);
});

test('what the recipe says anyway is left out', () => {
  expect(queryFromSettings(recipeSettings('quick'))).toBe('?recipe=quick');
  expect(settingsFromQuery('')).toEqual(recipeSettings('quick'));
});

test('what makes no sense is taken from the recipe', () => {
  const query =
    '?recipe=magic&data=cats&model=vgg&epochs=0&batchSize=1e9&seed=-1&learningRate=x&limit=&threads=1.5';
  expect(settingsFromQuery(query)).toEqual(recipeSettings('quick'));
});
