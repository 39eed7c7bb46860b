import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Dropout, predict, Sequential, StochasticDepth, withRandomness } from '../index.js';

const valuesOf = (run: () => tf.Tensor) => tf.tidy(() => [...run().dataSync()]);

describe('Dropout', () => {
  const x = tf.ones([40, 50]);
  const layer = new Dropout(0.3);
  const model = new Sequential<tf.Tensor>(new Dropout(0.3), layer);
  const drawn = (seed: number, pass: number, module: Sequential<tf.Tensor> | Dropout = layer) =>
    valuesOf(() => withRandomness(module, { seed, pass }, () => module.forward(x, 'train')));

  it('drops that share in training, and makes up for it', () => {
    const values = drawn(1, 0);
    const kept = values.filter((value) => value !== 0);
    expect(Math.abs(kept.length / values.length - 0.7)).toBeLessThan(0.04);
    for (const value of kept) expect(value).toBeCloseTo(1 / 0.7, 6);
  });

  it('is a function of seed, pass and path', () => {
    expect(drawn(1, 2)).toEqual(drawn(1, 2));
    expect(drawn(1, 2)).not.toEqual(drawn(2, 2));
    expect(drawn(1, 2)).not.toEqual(drawn(1, 3));
    // Two of them, at two paths, don't drop the same: some values are dropped by one alone.
    const kept = drawn(1, 2, model).filter((value) => value !== 0);
    expect(Math.abs(kept.length / 2000 - 0.49)).toBeLessThan(0.04);
  });

  it('is the identity in eval mode, and at 0; at 1 nothing is left', () => {
    expect(valuesOf(() => predict(model, x))).toEqual([...x.dataSync()]);
    const none = new Dropout(0);
    expect(valuesOf(() => none.forward(x, 'train'))).toEqual([...x.dataSync()]);
    expect(drawn(1, 0, new Dropout(1)).every((value) => value === 0)).toBe(true);
  });

  it('passes gradients where it passes values, and leaves no tensor', () => {
    const before = tf.memory().numTensors;
    const [y, dx] = tf.tidy(() =>
      withRandomness(layer, { seed: 4, pass: 0 }, () => {
        const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => layer.forward(input, 'train'))(x);
        return [[...value.dataSync()], [...grad.dataSync()]];
      }),
    );
    expect(dx).toEqual(y); // of ones
    expect(tf.memory().numTensors).toBe(before);
  });

  it('asks for a seed in training, and only there', () => {
    expect(() => layer.forward(x, 'train')).toThrow(
      expect.objectContaining({ code: 'RANDOMNESS', where: 'Dropout', received: 'none' }),
    );
    withRandomness(layer, { seed: 0, pass: 0 }, () => {});
    expect(() => layer.forward(x, 'train')).toThrow('withRandomness');
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the probability %d', (probability) => {
    expect(() => new Dropout(probability)).toThrow(
      `Dropout: probability: expected a number from 0 to 1, received ${probability}.`,
    );
  });
});

describe("StochasticDepth is torchvision's", () => {
  const x = tf.ones([200, 2, 3, 2]) as tf.Tensor4D;
  const rows = (layer: StochasticDepth<tf.Tensor4D>) => {
    const values = valuesOf(() =>
      withRandomness(layer, { seed: 2, pass: 1 }, () => layer.forward(x, 'train')),
    );
    return Array.from({ length: 200 }, (_, b) => new Set(values.slice(12 * b, 12 * b + 12)));
  };

  it('of rows: each example as a whole', () => {
    const all = rows(new StochasticDepth(0.25));
    expect(all.every(({ size }) => size === 1)).toBe(true);
    const dropped = all.filter((values) => values.has(0)).length;
    expect(Math.abs(dropped / 200 - 0.25)).toBeLessThan(0.1);
    expect([...all.find((values) => !values.has(0))!][0]).toBeCloseTo(4 / 3, 6);
  });

  it('of a batch: all or nothing, and about so often', () => {
    const layer = new StochasticDepth<tf.Tensor4D>(0.5, 'batch');
    expect(new Set(rows(layer).flatMap((values) => [...values])).size).toBe(1);
    const dropped = Array.from({ length: 200 }, (_, pass) =>
      valuesOf(() =>
        withRandomness(layer, { seed: 0, pass }, () => layer.forward(tf.ones([1, 2, 3, 2]), 'train')),
      ),
    ).filter(([first]) => first === 0).length;
    expect(Math.abs(dropped / 200 - 0.5)).toBeLessThan(0.12);
  });
});
