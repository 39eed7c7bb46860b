import { runInNewContext } from 'node:vm';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Buffer } from './buffer.js';
import { init } from './init.js';
import { constant } from './initializers.js';
import { Linear } from './layers/linear.js';
import { ReLU } from './layers/relu.js';
import { Sequential } from './layers/sequential.js';
import { loadStateDict } from './loadStateDict.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import {
  buffers,
  dispose,
  namedParameters,
  parameters,
  readStateDict,
  type StateValue,
  stateDict,
} from './stateDict.js';
import { modulesOf } from './walk.js';

beforeAll(() => tf.setBackend('cpu'));

/** Holds what a field can hold: a leaf, a module, arrays (of arrays), things that aren't state, and shared parts. */
class Model extends Module<tf.Tensor2D, tf.Tensor2D> {
  readonly seen = new Buffer(constant(5));
  readonly name = 'no state';
  readonly options = { nothing: null, list: [1, 2] };
  readonly missing = undefined;
  readonly layers = [[new Linear(2)], [new ReLU(), new Linear(2)]] as const;
  readonly factor = new Parameter('scale', constant(3));
  readonly again = this.layers[0][0];
  readonly tied = [this.factor];

  forward(x: tf.Tensor2D): tf.Tensor2D {
    const first = this.layers[0][0].forward(x);
    const scaled = tf.mul(first, tf.mul(this.factor.as([1]), this.seen.as([1]))) as tf.Tensor2D;
    return this.layers[1][1].forward(this.again.forward(scaled));
  }
}

let before: number;
let model: Model;
beforeEach(() => {
  before = tf.memory().numTensors;
  model = init(new Model(), [1, 2], { seed: 0 });
});
afterEach(() => {
  dispose(model);
  expect(tf.memory().numTensors).toBe(before);
});

const copy = (): Map<string, StateValue> =>
  new Map(
    [...stateDict(model)].map(([path, variable]) => [
      path,
      { shape: variable.shape, data: new Float32Array(variable.dataSync()) },
    ]),
  );

describe('stateDict', () => {
  it('walks the fields in order, through arrays, and meets what is shared once', () => {
    expect([...stateDict(model).keys()]).toEqual([
      'seen',
      'layers.0.0.weight',
      'layers.0.0.bias',
      'layers.1.1.weight',
      'layers.1.1.bias',
      'factor',
    ]);
    expect(modulesOf(model).map(({ path }) => path)).toEqual(['layers.0.0', 'layers.1.0', 'layers.1.1']);
  });

  it('tells parameters from buffers', () => {
    expect(parameters(model).map(({ shape }) => shape)).toEqual([[2, 2], [2], [2, 2], [2], [1]]);
    expect(parameters(model).every(({ trainable }) => trainable)).toBe(true);
    expect(buffers(model).map(({ trainable }) => trainable)).toEqual([false]);
    expect([...namedParameters(model)].map(([path, { role }]) => `${path}: ${role}`)).toEqual([
      'layers.0.0.weight: weight',
      'layers.0.0.bias: bias',
      'layers.1.1.weight: weight',
      'layers.1.1.bias: bias',
      'factor: scale',
    ]);
  });

  it('asks for init', () => {
    const fresh = new Sequential(new Linear(2));
    for (const read of [stateDict, parameters]) {
      expect(() => read(fresh)).toThrow(
        /^0\.weight: expected a value.*Call init\(model, inputShape, \{ seed \}\)/,
      );
    }
    expect([...namedParameters(fresh).keys()]).toEqual(['0.weight', '0.bias']);
  });

  it('numbers the layers of a Sequential without a name between', () => {
    const nested = new Sequential(new Sequential(new ReLU(), new Linear(2)));
    expect([...namedParameters(nested).keys()]).toEqual(['0.1.weight', '0.1.bias']);
  });
});

describe('readStateDict', () => {
  it('reads every value, of one moment', async () => {
    const expected = copy();
    const reading = readStateDict(model);
    for (const variable of stateDict(model).values()) {
      tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    }
    const read = await reading;
    expect(read).toEqual(expected);
    loadStateDict(model, read);
    expect(copy()).toEqual(expected);
  });

  it('asks for init', async () => {
    await expect(readStateDict(new Sequential(new Linear(2)))).rejects.toThrow('0.weight: expected a value');
  });
});

describe('loadStateDict', () => {
  it('restores what was saved, as a copy', () => {
    const saved = copy();
    const first = model.factor.value;
    dispose(model);
    init(model, [1, 2], { seed: 1 });
    expect(copy()).not.toEqual(saved);
    loadStateDict(model, saved);
    expect(copy()).toEqual(saved);
    saved.get('factor')!.data.fill(7);
    expect(model.factor.value.dataSync()).toEqual(new Float32Array([3]));
    expect(first.isDisposed).toBe(true);
  });

  it('lists everything that does not fit, and loads nothing', () => {
    const saved = copy();
    const wrong = copy();
    for (const { data } of wrong.values()) data.fill(9);
    wrong.delete('seen');
    wrong.set('extra', { shape: [1], data: new Float32Array(1) });
    wrong.set('factor', { shape: [2], data: new Float32Array(2) });
    wrong.set('layers.0.0.bias', { shape: [2], data: new Float32Array(3) });
    expect(() => loadStateDict(model, wrong)).toThrow(
      expect.objectContaining({
        code: 'STATE',
        message:
          'loadStateDict: expected a state that fits this model, received another, of which nothing was loaded; missing: seen; unexpected: extra; ' +
          'mismatched: layers.0.0.bias (expected 2 values, received 3), factor (expected shape [1], received [2]). ' +
          'Build the model with the options it was saved with, and initialise it for the same input; ' +
          'or pass { strict: false } to load what fits.',
      }),
    );
    expect(copy()).toEqual(saved);
  });

  it('loads what fits where it is asked to, and tells what did not', () => {
    const saved = copy();
    const other = copy();
    for (const { data } of other.values()) data.fill(9);
    other.delete('seen');
    other.set('extra', { shape: [1], data: new Float32Array(1) });
    other.set('factor', { shape: [2], data: new Float32Array(2) });
    expect(loadStateDict(model, other, { strict: false })).toEqual({
      loaded: ['layers.0.0.weight', 'layers.0.0.bias', 'layers.1.1.weight', 'layers.1.1.bias'],
      missing: ['seen'],
      unexpected: ['extra'],
      mismatched: [{ path: 'factor', expected: 'shape [1]', received: '[2]' }],
    });
    for (const path of ['seen', 'factor']) expect(copy().get(path)).toEqual(saved.get(path));
    expect(copy().get('layers.1.1.bias')?.data).toEqual(Float32Array.of(9, 9));
  });

  it('knows an array by its name, also where its class is that of another realm (Jest), and says what it got', () => {
    const foreign = runInNewContext('Float32Array.of(8)') as Float32Array;
    expect(foreign instanceof Float32Array).toBe(false);
    const state = (data: unknown) =>
      new Map(copy()).set('factor', { shape: [1], data: data as Float32Array });
    loadStateDict(model, state(foreign));
    foreign.fill(9);
    expect(model.factor.value.dataSync()).toEqual(Float32Array.of(8));
    for (const [wrong, name] of [
      [Float64Array.of(1), 'Float64Array'],
      [[1], 'another type'],
    ] as const) {
      expect(() => loadStateDict(model, state(wrong))).toThrow(
        `mismatched: factor (expected float32 values, received ${name})`,
      );
    }
  });

  it("takes another model's variables as they are, without a copy, and both go on by themselves", () => {
    const other = init(new Model(), [1, 2], { seed: 1 });
    const bytes = tf.memory().numBytes;
    const loaded = loadStateDict(model, stateDict(other));
    expect(loaded).toMatchObject({ missing: [], unexpected: [], mismatched: [] });
    expect(loaded.loaded).toEqual([...stateDict(other).keys()]);
    expect(tf.memory().numBytes).toBeLessThanOrEqual(bytes);
    const [mine, theirs] = [model, other].map(({ factor }) => factor.value);
    tf.tidy(() => theirs!.assign(tf.tensor1d([8])));
    expect([...mine!.dataSync(), ...theirs!.dataSync()]).toEqual([3, 8]);
    dispose(other);
    expect(copy().get('layers.0.0.weight')?.data).toHaveLength(4);
  });

  it('takes a state of its own, and tensors that fit', () => {
    const saved = copy();
    loadStateDict(model, stateDict(model));
    expect(copy()).toEqual(saved);
    const whole = tf.tensor1d([1], 'int32');
    const gone = tf.tensor1d([1]);
    gone.dispose();
    const state = (value: tf.Tensor) => new Map<string, StateValue | tf.Tensor>(saved).set('factor', value);
    expect(() => loadStateDict(model, state(whole))).toThrow(
      'mismatched: factor (expected float32 values, received int32)',
    );
    expect(() => loadStateDict(model, state(gone))).toThrow(
      'mismatched: factor (expected values, received a disposed tensor)',
    );
    expect(copy()).toEqual(saved);
    whole.dispose();
  });
});

describe('dispose', () => {
  it('frees every tensor, once or twice', () => {
    dispose(model);
    dispose(model);
    expect(tf.memory().numTensors).toBe(before);
  });
});
