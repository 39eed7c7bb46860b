import type { Survey, Task } from '@residual/data';
import { configure } from '@residual/runs';
import { expect, it } from 'vitest';
import { fineTuning, fitForWeights } from './fineTuning.js';
import { photosFor } from './photos.js';
import { recipes } from './recipes.js';

const survey: Survey = { count: 3600, classCount: 2, medianShortSide: 64, channels: 3 };
const task: Task = {
  version: 1,
  picture: { height: 48, width: 40, channels: 3 },
  steps: [
    { name: 'color' },
    { name: 'resizeShortSide', size: 56, interpolation: 'bicubic' },
    { name: 'centerCrop', height: 48, width: 40 },
  ],
  normalize: { mean: [0.3, 0.4, 0.8], standardDeviation: [0.1, 0.2, 0.3] },
  classNames: ['tabby', 'collie', 'carp'],
  data: { name: 'imagenet-1k' },
};
const weights = { name: 'torchvision/resnet50-v2', model: { name: 'resnet50' }, task };
const own: Task = {
  ...task,
  picture: { height: 64, width: 64, channels: 3 },
  normalize: { mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.25, 0.25] },
  classNames: ['cat', 'dog'],
  data: { name: 'pets' },
};

it('takes network, size, interpolation, mean and deviation from the weights, and says so', () => {
  const fit = fitForWeights(task, survey);
  const { recipe, reason } = fineTuning(photosFor(survey, { hasGpu: false }), weights, fit);
  const config = configure(recipe, own);
  expect(config.task).toMatchObject({
    picture: task.picture,
    steps: task.steps,
    normalize: task.normalize,
    classNames: ['cat', 'dog'],
  });
  expect(config.training).toMatchObject({ model: { name: 'resnet50' }, layerDecay: 0.75, epochs: 6 });
  expect(config.training.optimizer.learningRate).toBe(0.01);
  expect(reason).toMatch(/^photos, fine-tuned from torchvision\/resnet50-v2: resnet50, pictures prepared as/);
  expect(configure(recipe, own, { normalize: 'data' }).task.normalize).toEqual(own.normalize);
});

it("keeps the recipe's own preparation where nothing says what the weights learnt", () => {
  const { recipe, reason } = fineTuning(
    { recipe: recipes.quick, reason: '' },
    { name: 'mine.pth', model: { name: 'resnet18' } },
    fitForWeights(undefined, survey),
  );
  expect(configure(recipe, own).task).toEqual(own);
  expect(recipe.training.epochs).toBe(5);
  expect(reason).toContain('nothing says what the weights learnt');
});

it('prepares pictures of another size in proportion, or stretches all of each', () => {
  const size = [96, 80] as const;
  expect(fitForWeights(task, survey, { size })).toMatchObject({
    picture: { height: 96, width: 80 },
    steps: [{ name: 'color' }, { size: 112, interpolation: 'bicubic' }, { height: 96, width: 80 }],
  });
  expect(fitForWeights(task, survey, { crop: 'none' })!.steps).toMatchObject([
    { name: 'color' },
    { name: 'stretch', height: 48, width: 40, interpolation: 'bicubic' },
  ]);
});

it('prepares grey pictures in grey, by the mean of the colours', () => {
  const fit = fitForWeights(task, { channels: 1 })!;
  expect(fit.picture.channels).toBe(1);
  expect(fit.steps.map(({ name }) => name)).toEqual(['grey', 'resizeShortSide', 'centerCrop']);
  expect(fit.normalize!.mean).toEqual([1.5 / 3]);
  expect(fit.normalize!.standardDeviation[0]).toBeCloseTo(0.2, 12);
});
