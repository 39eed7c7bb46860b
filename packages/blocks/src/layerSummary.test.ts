import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as index from './index.js';
import { init } from './init.js';
import { layerSummary } from './layerSummary.js';
import { Conv2d } from './layers/conv2d.js';
import { Linear } from './layers/linear.js';
import { GlobalAveragePool } from './layers/pooling.js';
import { Sequential } from './layers/sequential.js';
import { Module } from './module.js';
import { Residual } from './residual/residual.js';
import { dispose, parameters } from './stateDict.js';

beforeAll(() => tf.setBackend('cpu'));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

const shared = new Conv2d(3, 1);
const small = () =>
  new Sequential(new Sequential(shared, new Residual(3)), shared, new GlobalAveragePool(), new Linear(10));

describe('layerSummary', () => {
  it('prints a line for each top-level layer', () => {
    expect(layerSummary(small(), [2, 6, 5, 3])).toEqual({
      layers: [
        { path: '0', name: 'Sequential', outputShape: [2, 6, 5, 3], parameters: 192 },
        { path: '1', name: 'Conv2d', outputShape: [2, 6, 5, 3], parameters: 0 }, // its own are counted above
        { path: '2', name: 'GlobalAveragePool', outputShape: [2, 3], parameters: 0 },
        { path: '3', name: 'Linear', outputShape: [2, 10], parameters: 40 },
      ],
      parameters: 232,
      text: [
        '0      Sequential         output shape: [2,6,5,3]  192 parameters',
        '1      Conv2d             output shape: [2,6,5,3]    0 parameters',
        '2      GlobalAveragePool  output shape: [2,3]        0 parameters',
        '3      Linear             output shape: [2,10]      40 parameters',
        'total                                              232 parameters',
      ].join('\n'),
    });
  });

  it('leaves a fresh model fresh and an initialised one as it is', () => {
    const model = small();
    layerSummary(model, [1, 6, 5, 3]);
    expect(() => parameters(model)).toThrow(/expected a value/);
    init(model, [1, 4, 4, 3], { seed: 0 });
    const values = parameters(model).map((variable) => variable.dataSync());
    expect(layerSummary(model, [1, 6, 5, 3]).parameters).toBe(232);
    expect(parameters(model).map((variable) => variable.dataSync())).toEqual(values);
    expect(() => layerSummary(model, [1, 6, 5, 4])).toThrow(
      /^0\.0\.weight: expected shape \[1,1,3,3\], as it was initialised/,
    );
    dispose(model);
  });

  it('names classes as they are called here in a minified program too', () => {
    const classes = Object.entries(index).filter(
      ([, value]) => typeof value === 'function' && value.prototype instanceof Module,
    );
    expect(classes.length).toBeGreaterThan(10);
    const unstated = classes.filter(([name, value]) => {
      // What the language gives a class is not enumerable; what the class states is.
      const stated = Object.getOwnPropertyDescriptor(value, 'name');
      return stated?.enumerable !== true || stated.value !== name;
    });
    expect(unstated.map(([name]) => name)).toEqual(['RandomModule']); // abstract
  });
});
