import '../test/onSimd.js';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure, findParting } from './index.js';

it('names what two runs begin with otherwise, and keeps nothing', async () => {
  const data = stripes(8, 2);
  const [config, other] = [configure(tiny, task, {}), configure(tiny, task, { seed: 1 })];
  const before = tf.memory().numTensors;
  const { parting } = await findParting({ config, data }, { config: other, data }, { to: 1 });
  expect(parting).toMatchObject({ step: 0, operation: 'start', layer: 'model.stem.conv.weight' });
  expect(tf.memory().numTensors).toBe(before);
});
