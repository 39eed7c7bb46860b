import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradientNorm, type OptimizerUpdateOptions, optimizerUpdate, slotNames } from '../src/index.js';

beforeAll(async () => {
  expect(await tf.setBackend('cpu')).toBe(true);
});

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const state = () => ({
  parameters: [tf.tensor1d([1, 2])],
  slots: { velocity: [tf.tensor1d([0.5, 0])] },
  firstNonFiniteStep: tf.scalar(-1, 'int32'),
});
const step = (
  gradient: tf.Tensor,
  { nesterov = false, ...options }: Partial<OptimizerUpdateOptions> & { nesterov?: boolean } = {},
) =>
  optimizerUpdate(
    state(),
    { gradients: [gradient], gradientNorm: gradientNorm([gradient]) },
    { optimizer: { name: 'sgd', momentum: 0.5, nesterov }, step: 4, learningRate: 0.1, ...options },
  );

describe('optimizerUpdate', () => {
  it('follows the formula, with and without Nesterov', () => {
    const next = step(tf.tensor1d([3, 4]));
    expect(values(next.slots.velocity![0]!)).toEqual([3.25, 4]);
    for (const [i, expected] of [1 - 0.325, 2 - 0.4].entries())
      expect(values(next.parameters[0]!)[i]).toBeCloseTo(expected, 6);
    const nesterov = step(tf.tensor1d([3, 4]), { nesterov: true });
    for (const [i, expected] of [1 - 0.1 * 4.625, 2 - 0.6].entries())
      expect(values(nesterov.parameters[0]!)[i]).toBeCloseTo(expected, 6);
  });

  it('clips by the norm', () => {
    const next = step(tf.tensor1d([3, 4]), { clipNorm: 1 }); // the norm is 5
    expect(values(next.slots.velocity![0]!)[0]).toBeCloseTo(0.25 + 0.6, 6);
  });

  it('scales the rate of a parameter', () => {
    expect(values(step(tf.tensor1d([3, 4]), { learningRateScale: [0.5] }).parameters[0]!)).toEqual(
      values(step(tf.tensor1d([3, 4]), { learningRate: 0.05 }).parameters[0]!),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'changes nothing for a gradient of %s, and says at which step',
    (bad) => {
      const next = step(tf.tensor1d([bad, 1]));
      expect(values(next.parameters[0]!)).toEqual([1, 2]);
      expect(values(next.slots.velocity![0]!)).toEqual([0.5, 0]);
      expect(values(next.firstNonFiniteStep)).toEqual([4]);
    },
  );

  it('tells the slots of an optimizer', () => {
    expect(slotNames({ name: 'sgd', momentum: 0 })).toEqual([]);
    expect(slotNames({ name: 'rmsprop', momentum: 0.9 })).toEqual(['v', 'velocity']);
  });

  it.each<[Partial<OptimizerUpdateOptions>, tf.Tensor, string]>([
    [{}, tf.ones([3]), 'optimizerUpdate: gradients[0]: expected shape [2], received [3].'],
    [
      { weightDecay: [] },
      tf.ones([2]),
      'optimizerUpdate: weightDecay: expected 1, one a parameter, received 0.',
    ],
    [
      { optimizer: { name: 'lion' } },
      tf.ones([2]),
      'optimizerUpdate: slots: lion: expected m, received velocity.',
    ],
    [{ averageDecay: 0.9 }, tf.ones([2]), 'optimizerUpdate: averages: expected them exactly with'],
  ])('refuses what does not match: %j', (options, gradient, message) => {
    expect(() => step(gradient, options)).toThrow(message);
  });
});
