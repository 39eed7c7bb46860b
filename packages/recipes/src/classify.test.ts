import '@tensorflow/tfjs-backend-cpu';
import { dispose, predict } from '@residual/blocks';
import { fashionMnist, fashionMnistTask } from '@residual/fashion-mnist';
import { preparePicture } from '@residual/pictures';
import { latestCheckpoint, memoryStorage, sgd, train } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { classify, classifyPixels } from './classify.js';
import { recipeInput } from './input.js';
import type { Recipe } from './recipe.js';
import { recipes } from './recipes.js';
import { restoreModel } from './restoreModel.js';
import { startRecipe } from './startRun.js';

const tiny: Recipe = { ...recipes.quick, inputSize: [4, 4] };

it('a model restored from a checkpoint classifies as the trained one does', async () => {
  const split = await fashionMnist();
  const storage = memoryStorage();
  const overrides = { limit: 4, batchSize: 4, epochs: 1 };
  const { model, events } = await startRecipe(tiny, { split, overrides, checkpoints: { storage } });
  for await (const _ of events);
  const before = tf.memory().numTensors;
  const restored = restoreModel((await latestCheckpoint(storage))!);
  expect(restored.config.recipe).toEqual({ ...tiny, batchSize: 4, epochs: 1 });

  const picture = { data: split.test.images.subarray(0, 784), width: 28, height: 28 };
  const classes = await classify(restored.model, picture, restored.config.recipe, { top: 10 });
  expect(await classify(model, picture, tiny, { top: 10 })).toEqual(classes);
  const sum = classes.reduce((total, { probability }) => total + probability, 0);
  expect(sum).toBeCloseTo(1, 5);

  const x = recipeInput(tiny)({ images: picture.data, shape: [1, 28, 28, 1] });
  const logits = predict(model, x);
  const likeliest = tf.argMax(logits, 1);
  const [label] = await likeliest.data();
  expect(classes[0]!.className).toBe(split.test.classNames[label!]);
  expect(await classify(model, picture, tiny)).toEqual(classes.slice(0, 3));
  const pixels = preparePicture(picture, fashionMnistTask);
  expect(await classifyPixels(model, pixels, tiny)).toEqual(classes.slice(0, 3));

  tf.dispose([x, logits, likeliest]);
  dispose(restored.model);
  expect(tf.memory().numTensors).toBe(before);
});

it('classifies a photo of another size, with names of its own', async () => {
  const { model } = await startRecipe(tiny, { split: await fashionMnist(), overrides: { limit: 4 } });
  const photo = { data: new Uint8Array(60 * 40 * 3).fill(255).fill(20, 600, 3000), width: 60, height: 40 };
  const classes = await classify(model, photo, tiny, { top: 2, classNames: ['a', 'b'] });
  expect(classes).toHaveLength(2);
  for (const { className } of classes) expect(className).toMatch(/^(a|b|class [2-9])$/);
  expect(classes[0]!.probability).toBeGreaterThanOrEqual(classes[1]!.probability);
});

it('refuses a checkpoint that no recipe wrote', async () => {
  const storage = memoryStorage();
  const { model, data } = await startRecipe(tiny, { split: await fashionMnist(), overrides: { limit: 4 } });
  const run = train({
    model,
    data,
    optimizer: sgd({ learningRate: 0.1 }),
    maxEpochs: 1,
    checkpoints: { storage },
  });
  for await (const _ of run);
  const checkpoint = (await latestCheckpoint(storage))!;
  expect(() => restoreModel(checkpoint)).toThrow(
    'checkpoint-000000001.safetensors: expected the config of a recipe, received none.',
  );
});
