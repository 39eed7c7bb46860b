import '@tensorflow/tfjs-backend-cpu';
import { dispose, namedParameters, readStateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { tinyModel, tinyRun } from '../../test/tiny.js';
import { batchAt } from '../data.js';
import { trainSettings } from '../options.js';
import { batchInput } from '../step/batchInput.js';
import { gradientsOf } from '../step/gradients.js';
import { type StepValue, stepValues } from './stepValues.js';

it('gives all that a step computes as it does, in that order, and leaves the model as it was', async () => {
  const model = tinyModel();
  const options = tinyRun({ model });
  const before = { tensors: tf.memory().numTensors, state: await readStateDict(model) };
  const values: StepValue[] = [];
  for await (const value of stepValues(options)) values.push(value);
  expect(tf.memory().numTensors).toBe(before.tensors);
  expect(await readStateDict(model)).toEqual(before.state);
  const named = (operation: string) =>
    values.filter((value) => value.operation === operation).map(({ layer }) => layer);
  expect(named('output gradient')).toEqual(named('output').toReversed());
  expect([...new Set(values.map(({ operation }) => operation))]).toEqual([
    ...['batch', 'input', 'output', 'loss', 'output gradient', 'gradient'],
  ]);

  const settings = trainSettings(options);
  const batch = await batchAt(options.data.train, 0, 0);
  const variables = new Map([...namedParameters(model)].map(([path, { value }]) => [path, value]));
  const { x, targets, loss } = batchInput(settings, batch!, { epoch: 0, batch: 0 });
  const { gradients } = gradientsOf(variables, () => loss(model.forward(x, 'train'), targets));
  const expected = [...variables.keys()].map((path, i) => [path, gradients[i]!.dataSync()] as const);
  const received = values.filter(({ operation }) => operation === 'gradient');
  expect(received.map(({ layer, data }) => [layer, data])).toEqual(expected.reverse());
  dispose(model);
});

it('frees all where it is left early, and where a step cannot be computed', async () => {
  const options = tinyRun({});
  const before = tf.memory().numTensors;
  for await (const { operation } of stepValues(options)) if (operation === 'loss') break;
  const loss = () => {
    throw new Error('no loss');
  };
  const values = stepValues({ ...options, labelSmoothing: 0, loss });
  expect(await values.next()).toMatchObject({ value: { operation: 'batch' } });
  await expect(values.next()).rejects.toThrow('no loss');
  expect(tf.memory().numTensors).toBe(before);
  dispose(options.model);
});
