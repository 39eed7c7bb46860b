import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { init } from './init.js';
import { constant } from './initializers.js';
import { Linear } from './layers/linear.js';
import { ReLU } from './layers/relu.js';
import { Sequential } from './layers/sequential.js';
import { observe } from './observe.js';
import { predict } from './predict.js';
import { dispose } from './stateDict.js';

beforeAll(() => tf.setBackend('cpu'));

let before: number;
let model: Sequential<tf.Tensor2D>;
let x: tf.Tensor2D;
beforeEach(() => {
  before = tf.memory().numTensors;
  const identity = () => new Linear(1, { bias: false, initializer: constant(1) });
  model = init(new Sequential(new Sequential(identity(), new ReLU()), identity()), [1, 1], { seed: 0 });
  x = tf.tensor2d([[-2]]);
});
afterEach(() => {
  dispose(model);
  x.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

describe('observe', () => {
  it('shows the output of each module, inner ones first', () => {
    const seen: [string, string, number, number][] = [];
    const y = observe(
      model,
      ({ path, module, input, output }) => {
        seen.push([path, module.constructor.name, input.dataSync()[0]!, output.dataSync()[0]!]);
      },
      () => predict(model, x),
    );
    expect(seen).toEqual([
      ['0.0', 'Linear', -2, -2],
      ['0.1', 'ReLU', -2, 0],
      ['0', 'Sequential', -2, 0],
      ['1', 'Linear', 0, 0],
    ]);
    y.dispose();
  });

  it('puts a returned tensor in the place of the output, differentiably', () => {
    const features = tf.tensor2d([[5]]);
    const gradient = tf.grad((features) =>
      observe(
        model,
        ({ path }) => (path === '0' ? features : undefined),
        () => tf.square(model.forward(x, 'eval')),
      ),
    )(features);
    expect(gradient.dataSync()[0]).toBe(10);
    tf.dispose([features, gradient]);
  });

  it('leaves the model as it was, also after an error', () => {
    const keys = () => [model, ...model.layers].map((module) => Object.keys(module).join());
    const had = keys();
    expect(() =>
      observe(
        model,
        () => {
          throw new Error('stop');
        },
        () => predict(model, x),
      ),
    ).toThrow('stop');
    expect(keys()).toEqual(had);
    expect(model.layers.some((layer) => Object.hasOwn(layer, 'forward'))).toBe(false);
  });

  it('keeps a forward that a module brought itself', () => {
    const [, last] = model.layers;
    const own = (input: tf.Tensor) => tf.add(input, 1);
    Object.assign(last!, { forward: own });
    const outputs: number[] = [];
    const y = observe(
      model,
      ({ output }) => {
        outputs.push(output.dataSync()[0]!);
      },
      () => predict(model, x),
    );
    expect(outputs.at(-1)).toBe(1);
    expect(last!.forward).toBe(own);
    y.dispose();
  });
});
