import '@tensorflow/tfjs-backend-cpu';
import { namedParameters } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny.js';
import { sgd } from './descent.js';
import { OptimizerState } from './optimizerState.js';

/** A model and the state of an optimiser whose gradients are given. */
function setUp(optimizer = sgd({ learningRate: 0.5 }), averageDecay?: number) {
  const model = tinyModel({ seed: 4 });
  const state = new OptimizerState(model, { optimizer, gradientClipNorm: 0, averageDecay });
  const step = (gradient: number, number = 0) => {
    const gradients = [...state.parameters.values()].map(({ shape }) => tf.fill(shape, gradient));
    state.update(gradients, number, optimizer.learningRate);
    tf.dispose(gradients);
  };
  return { model, state, step };
}

describe('OptimizerState', () => {
  it('decays weights, and leaves biases and normalisations alone', async () => {
    const { model, step } = setUp(sgd({ learningRate: 0.5, weightDecay: 0.1 }));
    const before = new Map(
      [...namedParameters(model)].map(([path, { value }]) => [path, value.dataSync().slice()]),
    );
    step(0);
    for (const [path, { role, value }] of namedParameters(model)) {
      const factor = role === 'weight' ? 1 - 0.5 * 0.1 : 1;
      const values = await value.data();
      before.get(path)!.forEach((old, i) => {
        expect(values[i]).toBeCloseTo(old * factor, 6);
      });
    }
  });

  it('warms the average up: min(decay, (1 + t) / (10 + t))', async () => {
    const { model, state, step } = setUp(sgd({ learningRate: 0.5 }), 0.3);
    const bias = () => model.linear.bias!.value.dataSync()[0]!;
    const average = () => state.averages!.get('linear.bias')!.dataSync()[0]!;
    const initial = bias();
    expect(average()).toBe(initial);
    step(1, 0); // decay 1/10
    const first = 0.1 * initial + 0.9 * bias();
    expect(average()).toBeCloseTo(first, 6);
    step(1, 100); // 101/110 is above 0.3
    expect(average()).toBeCloseTo(0.3 * first + 0.7 * bias(), 6);
  });

  it('lends the model the averages, and takes them back also when that throws', async () => {
    const { model, state, step } = setUp(undefined, 0.5);
    step(1);
    const bias = () => model.linear.bias!.value.dataSync()[0]!;
    const own = bias();
    const average = state.averages!.get('linear.bias')!.dataSync()[0]!;
    const before = tf.memory().numTensors;
    const failure = state.withAverages(async () => {
      expect(bias()).toBe(average);
      throw new Error('in between');
    });
    await expect(failure).rejects.toThrow('in between');
    expect(bias()).toBe(own);
    expect(own).not.toBe(average);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('remembers the first step that was not finite, and skips it', async () => {
    const { model, state, step } = setUp();
    const bias = () => model.linear.bias!.value.dataSync()[0]!;
    step(1, 0);
    expect(await state.firstNonFiniteStep()).toBeUndefined();
    const good = bias();
    step(Number.NaN, 1);
    step(Number.POSITIVE_INFINITY, 2);
    expect(bias()).toBe(good);
    expect(await state.firstNonFiniteStep()).toBe(1);
  });
});
