import '../test/onSimd.js';
import { dispose, predict } from '@residual/blocks';
import type { Task } from '@residual/data';
import { latestCheckpoint, memoryStorage, sgd, train } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { CLASSES, stripes, task, tiny } from '../test/tiny.js';
import { classify, classifyAll } from './classify.js';
import { configure } from './configure.js';
import { taskInput } from './input.js';
import { newModel, restoreModel } from './network.js';
import { startRun } from './run.js';

const model = { name: 'resnet20' };

it('a model restored from a checkpoint classifies as the trained one does', async () => {
  const data = stripes();
  const checkpoints = { storage: memoryStorage() };
  const config = configure(tiny, task, { epochs: 1 });
  const run = await startRun(config, { data, checkpoints });
  for await (const _ of run.events);
  const before = tf.memory().numTensors;
  const restored = restoreModel((await latestCheckpoint(checkpoints.storage))!);
  expect(restored.config).toEqual(config);

  const [height, width, channels] = data.test.shape;
  const picture = { data: data.test.images.subarray(0, height * width * channels), width, height };
  const classes = await classify(restored.model, picture, task, { top: CLASSES });
  expect(await classify(run.model, picture, task, { top: CLASSES })).toEqual(classes);
  expect(classes.reduce((total, { probability }) => total + probability, 0)).toBeCloseTo(1, 5);
  expect(await classify(run.model, picture, task)).toEqual(classes.slice(0, 3));

  const x = taskInput(task).prepare({ images: picture.data, shape: [1, height, width, channels] });
  const logits = predict(run.model, x);
  const likeliest = tf.argMax(logits, 1);
  const [label] = await likeliest.data();
  expect(classes[0]!.className).toBe(task.classNames[label!]);

  tf.dispose([x, logits, likeliest]);
  dispose(restored.model);
  expect(tf.memory().numTensors).toBe(before);
  dispose(run.model);
});

it('classifies photos of any size and channels, alone or together', async () => {
  const network = newModel({ task, model }, 0);
  const photo = (width: number, height: number, channels: number) => ({
    data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 251),
    width,
    height,
  });
  const photos = [photo(60, 40, 3), photo(5, 9, 4), photo(6, 10, 1), photo(17, 3, 2)];
  const together = await classifyAll(network, photos, task, { top: 2 });
  expect(together.map((classes) => classes.length)).toEqual([2, 2, 2, 2]);
  for (const [i, one] of photos.entries()) {
    const [best] = await classify(network, one, task, { top: 1 });
    expect(best!.className).toBe(together[i]![0]!.className);
    expect(best!.probability).toBeCloseTo(together[i]![0]!.probability, 5);
  }
  expect(await classifyAll(network, [], task)).toEqual([]);
  dispose(network);
});

it('resizes on the device after steps that fix the size, and on the host otherwise', () => {
  const stretch = { name: 'stretch', height: 8, width: 8, interpolation: 'bilinear' };
  const grey: Task = {
    ...task,
    picture: { height: 8, width: 8, channels: 1 },
    steps: [{ name: 'grey' }, { name: 'fitSubject', height: 4, width: 4 }, stretch],
    normalize: null,
  };
  expect(taskInput(grey).shape).toEqual([4, 4, 1]);
  expect(taskInput({ ...grey, steps: [{ name: 'grey' }, stretch] }).shape).toEqual([8, 8, 1]);
  const picture = { data: Uint8Array.from({ length: 16 }, (_, i) => 15 * i), width: 4, height: 4 };
  const onDevice = taskInput(grey);
  const onHost = taskInput({ ...grey, steps: [{ name: 'grey' }, stretch] });
  const read = ({ fit, prepare, shape }: typeof onHost) =>
    tf.tidy(() => prepare({ images: fit(picture), shape: [1, ...shape] }).dataSync());
  expect(read(onDevice)).toEqual(read(onHost));
});

it('refuses a checkpoint that no run wrote', async () => {
  const storage = memoryStorage();
  const { model: network, data } = await startRun(configure(tiny, task), { data: stripes() });
  const optimizer = sgd({ learningRate: 0.1 });
  for await (const _ of train({ model: network, data, optimizer, maxEpochs: 1, checkpoints: { storage } }));
  const checkpoint = (await latestCheckpoint(storage))!;
  expect(() => restoreModel(checkpoint)).toThrow(
    'checkpoint-000000004.safetensors: version: expected 1, received no configuration at all.',
  );
  dispose(network);
});
