import '../test/onSimd.js';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure } from './configure.js';
import { findRate } from './findRate.js';

it('finds a rate for a configuration, whatever its schedule and its rate, and keeps nothing', async () => {
  const before = tf.memory().numTensors;
  const range = { data: stripes(), from: 1e-3, to: 1, steps: 20 };
  const { points } = await findRate(configure(tiny, task), range);
  const same = await findRate(
    configure(tiny, task, { schedule: 'plateau', learningRate: 7, patience: 1 }),
    range,
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(points).toHaveLength(20);
  expect(same.points).toEqual(points);
});

it('leaves frozen what a run would train later', async () => {
  const config = configure(tiny, task, { freeze: ['stem'], unfreezeAt: 2 });
  const range = { data: stripes(), from: 1e-3, to: 1, steps: 20 };
  expect((await findRate(config, range)).points).toHaveLength(20);
});

it('is refused with a frozen trunk', async () => {
  const recipe = { ...tiny, training: { ...tiny.training, augment: [] } };
  const config = configure(recipe, task, { stages: 'frozen' });
  await expect(findRate(config, { data: stripes() })).rejects.toThrow('training.stages: expected full');
});
