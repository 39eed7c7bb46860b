import '@tensorflow/tfjs-backend-cpu';
import { randomStream } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { init } from './init.js';
import { initCnn } from './initializerRules.js';
import { constant, zeros } from './initializers.js';
import { BatchNorm2d } from './layers/batchNorm2d.js';
import { Conv2d } from './layers/conv2d.js';
import { Linear } from './layers/linear.js';
import { GlobalAveragePool } from './layers/pooling.js';
import { Sequential } from './layers/sequential.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { Residual } from './residual/residual.js';
import { dispose, stateDict } from './stateDict.js';

beforeAll(() => tf.setBackend('cpu'));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

/** All values of a fresh model by path; frees the model. */
function valuesOf(model: Module, inputShape: number[], seed: number): Record<string, number[]> {
  init(model, inputShape, { seed });
  const values = [...stateDict(model)].map(([path, variable]) => [path, [...variable.dataSync()]]);
  dispose(model);
  return Object.fromEntries(values);
}

const small = () =>
  new Sequential<tf.Tensor4D, tf.Tensor2D>(new Residual(3), new GlobalAveragePool(), new Linear(2));

describe('init', () => {
  it('makes one tensor for each parameter and buffer, also inside a tidy', () => {
    const model = small();
    tf.tidy(() => {
      init(model, [1, 5, 5, 3], { seed: 0 });
    });
    const state = stateDict(model);
    expect(state.size).toBe(14);
    expect(tf.memory().numTensors).toBe(before + 14);
    expect([...state.values()].every((variable) => !variable.isDisposed)).toBe(true);
    dispose(model);
  });

  it('moves no running statistic', () => {
    const values = valuesOf(small(), [4, 5, 5, 3], 0);
    expect(values['0.bn1.runningMean']).toEqual([0, 0, 0]);
    expect(values['0.bn2.runningVariance']).toEqual([1, 1, 1]);
  });

  it('gives the same values for the same seed', () => {
    const values = valuesOf(small(), [1, 5, 5, 3], 7);
    expect(valuesOf(small(), [1, 5, 5, 3], 7)).toEqual(values);
    expect(valuesOf(small(), [2, 9, 6, 3], 7)).toEqual(values); // neither the batch nor the picture's size counts
    const other = valuesOf(small(), [1, 5, 5, 3], 8);
    expect(other['0.conv1.weight']).not.toEqual(values['0.conv1.weight']);
  });

  it('gives a parameter values by its path alone', () => {
    const values = valuesOf(small(), [1, 5, 5, 3], 7);
    const deeper = valuesOf(new Sequential(new Residual(3), new Residual(3)), [1, 5, 5, 3], 7);
    expect(deeper['0.conv1.weight']).toEqual(values['0.conv1.weight']);
    expect(deeper['1.conv1.weight']).not.toEqual(values['0.conv1.weight']);
    expect(values['0.conv2.weight']).not.toEqual(values['0.conv1.weight']);
  });

  it('draws from the stream that is named after the path', () => {
    const values = valuesOf(new Sequential(new Linear(4)), [1, 9], 7);
    const draw = randomStream({ seed: 7, purpose: '0.weight' });
    const expected = Array.from({ length: 36 }, (_, i) => (2 * draw.uniform(i) - 1) / 3); // PyTorch's 1 / sqrt(9)
    for (const [i, value] of expected.entries()) expect(values['0.weight']![i]).toBeCloseTo(value, 7);
  });

  it("asks its own rule, then the model's, then the layer", () => {
    class Model extends Module<tf.Tensor2D, tf.Tensor2D> {
      override readonly initializerRule = ({ role }: { role: string }) =>
        role === 'weight' ? constant(2) : undefined;
      readonly linear = new Linear(1, { initializer: constant(1) });
      forward(x: tf.Tensor2D): tf.Tensor2D {
        return this.linear.forward(x);
      }
    }
    const model = new Sequential<tf.Tensor2D>(new Model(), new Linear(1, { initializer: constant(1) }));
    init(model, [1, 1], {
      seed: 0,
      initializer: ({ path }) => (path === '0.linear.bias' ? constant(3) : undefined),
    });
    const values = [...stateDict(model)].map(([path, variable]) => [path, variable.dataSync()[0]]);
    expect(values).toMatchObject([
      ['0.linear.weight', 2],
      ['0.linear.bias', 3],
      ['1.weight', 1],
      ['1.bias', expect.any(Number)],
    ]);
    dispose(model);
  });

  it('leaves scale and offset of batch normalisation to it', () => {
    const model = init(new BatchNorm2d({ scaleInitializer: zeros }), [1, 2, 2, 2], {
      seed: 0,
      initializer: initCnn,
    });
    expect([...model.scale.value.dataSync(), ...model.offset.value.dataSync()]).toEqual([0, 0, 0, 0]);
    dispose(model);
  });

  it('throws when there is nothing left to create', () => {
    const model = init(small(), [1, 5, 5, 3], { seed: 0 });
    expect(() => init(model, [1, 5, 5, 3], { seed: 1 })).toThrow(
      expect.objectContaining({
        code: 'ALREADY_INITIALIZED',
        message: expect.stringContaining('dispose(model)'),
      }),
    );
    dispose(model);
    expect(() => init(model, [1, 5, 5, 3], { seed: 1 })).not.toThrow();
    dispose(model);
  });

  it('keeps the values of a part that was initialised before', () => {
    const trunk = init(new Residual(3), [1, 5, 5, 3], { seed: 1 });
    const weight = trunk.conv1.weight.value;
    const model = new Sequential(trunk, new GlobalAveragePool(), new Linear(2));
    init(model, [1, 5, 5, 3], { seed: 2 });
    expect(stateDict(model).get('0.conv1.weight')).toBe(weight);
    expect(stateDict(model).get('2.weight')?.shape).toEqual([3, 2]);
    dispose(model);
  });

  it('says which layer an input does not fit, and frees what it had made', () => {
    const model = new Sequential(new Conv2d(4, 3), new Sequential(new Residual(3)));
    expect(() => init(model, [1, 6, 6, 1], { seed: 0 })).toThrow(
      expect.objectContaining({
        code: 'SHAPE',
        message: expect.stringMatching(/^1\.0: A residual block's shortcut: expected shape \[1,4,4,3\]/),
      }),
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(() => init(model, [6, 6, 1], { seed: 0 })).toThrow(
      '0: Conv2d: expected an input [B, H, W, C], received one of shape [6,6,1].',
    );
    expect(() => init(new Sequential(new Conv2d(4, 3, { groups: 2 })), [1, 6, 6, 3], { seed: 0 })).toThrow(
      '0: Conv2d: groups: expected a divisor of the 3 input channels, received 2.',
    );
  });

  it('reports parameters that forward never uses', () => {
    class Forgetful extends Module {
      readonly linear = new Linear(2);
      readonly extra = new Parameter('scale', zeros);
      forward(x: tf.Tensor): tf.Tensor {
        return this.linear.forward(x as tf.Tensor2D);
      }
    }
    expect(() => init(new Forgetful(), [1, 2], { seed: 0 })).toThrow(
      expect.objectContaining({
        code: 'UNUSED',
        received: 'one that never uses extra',
      }),
    );
  });

  it('explains a bias without fans', () => {
    class Shift extends Module {
      readonly bias = new Parameter('bias', (shape, fans, stream) =>
        new Linear(1).bias!.initializer(shape, fans, stream),
      );
      forward(x: tf.Tensor): tf.Tensor {
        return tf.add(x, this.bias.as([x.shape[1]!]));
      }
    }
    expect(() => init(new Shift(), [1, 2], { seed: 0 })).toThrow(
      expect.objectContaining({
        code: 'INITIALIZER',
        message: expect.stringContaining('fansOf(weightShape)'),
      }),
    );
  });
});

describe('layers', () => {
  it.each([0, -1, 1.5, Number.NaN])('reject %d channels', (channels) => {
    expect(() => new Conv2d(channels, 3)).toThrow(/Conv2d: channels: expected a positive integer/);
    expect(() => new Linear(channels)).toThrow(/Linear: channels: expected a positive integer/);
  });
});
