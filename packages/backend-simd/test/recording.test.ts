import '@tensorflow/tfjs-backend-cpu';
import { dispose, init, initResNet, Module, observe, parameters, predict, predictor } from '@residual/blocks';
import { type Architecture, basicBlock, cifarStem, ResNet } from '@residual/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Heap } from '../src/heap.js';
import { createBackend, type SimdBackend, type SimdOptions } from '../src/index.js';
import { drawn } from './support.js';

type Shape = [number, number, number, number];
const SHAPE: Shape = [1, 12, 12, 3];

let backend: SimdBackend;
afterEach(() => {
  vi.restoreAllMocks();
  backend.dispose();
});

async function start(options: SimdOptions = {}): Promise<SimdBackend> {
  backend = await createBackend({ threads: 2, poisonFreedMemory: true, ...options });
  tf.engine().registry.simd = backend;
  expect(await tf.setBackend('simd')).toBe(true);
  return backend;
}

const architecture: Architecture = [
  [1, 16],
  [1, 24],
];

/** Two residual blocks by Winograd and directly, with a bias at the end. */
function network(): ResNet {
  const stem = cifarStem(16);
  const model = new ResNet({
    ...{ stem, architecture, block: basicBlock(), numClasses: 5, initializer: initResNet },
  });
  return init(model, SHAPE, { seed: 0 });
}

const picture = (name: string, shape: Shape = SHAPE) => drawn<tf.Tensor4D>(name, shape);

function valuesOf(y: tf.Tensor): number[] {
  const values = [...y.dataSync()];
  y.dispose();
  return values;
}

const inUse = () => ({ tensors: tf.memory().numTensors, bytes: backend.memory().heapBytesInUse });

describe.each([1, 2])('a predictor on %i threads', (threads) => {
  it('plays a recorded pass to the bits of predict, whatever is computed in between, and gives all memory back', async () => {
    await start({ threads });
    const before = inUse();
    const model = network();
    const logitsOf = predictor(model, SHAPE);
    const reasons: (string | undefined)[] = [];
    const kept: tf.Tensor[] = [];
    for (let i = 0; i < 8; i++) {
      const [x, others] = [picture(`x ${i}`), picture('others', [5, 12, 12, 3])];
      const expected = valuesOf(predict(model, x));
      const logits = logitsOf(x);
      reasons.push(logitsOf.reason);
      kept.push(logits, tf.fill([2 ** (10 + i), 8], i)); // moves the end of the memory
      valuesOf(predict(model, others));
      expect([...logits.dataSync()]).toEqual(expected);
      tf.dispose([x, others]);
    }
    expect(reasons.slice(0, 2)).not.toContain(undefined);
    expect(new Set(reasons.slice(2))).toEqual(new Set([undefined]));
    expect(new Set(kept.filter((_, i) => i % 2 === 0).map((y) => [...y.dataSync()].join())).size).toBe(8);
    logitsOf.dispose();
    tf.dispose(kept);
    dispose(model);
    expect(inUse()).toEqual(before);
  });
});

describe('a predictor', () => {
  /** Calls until it plays. */
  function record(model: ResNet, options = {}) {
    const logitsOf = predictor(model, SHAPE, options);
    const x = picture('first');
    for (let i = 0; i < 3; i++) valuesOf(logitsOf(x));
    x.dispose();
    expect(logitsOf.reason).toBeUndefined();
    return logitsOf;
  }

  it('follows weights that change, watchers and other shapes, and plays again afterwards', async () => {
    await start();
    const model = network();
    const logitsOf = record(model);
    const x = picture('x');
    const before = valuesOf(logitsOf(x));
    expect(valuesOf(logitsOf(picture('two', [2, 12, 12, 3])))).toHaveLength(10);
    expect(logitsOf.reason).toMatch('[2,12,12,3]');
    expect(valuesOf(logitsOf(x))).toEqual(before);
    expect(logitsOf.reason).toBeUndefined();

    const paths: string[] = [];
    const see = ({ path }: { path: string }) => void paths.push(path);
    expect(valuesOf(observe(model, see, () => logitsOf(x)))).toEqual(before);
    expect(paths).toContain('stages.0.0');

    for (const weight of parameters(model)) tf.tidy(() => weight.assign(tf.mul(weight, 1.5)));
    const expected = valuesOf(predict(model, x));
    expect(expected).not.toEqual(before);
    for (let i = 0; i < 3; i++) expect(valuesOf(logitsOf(x))).toEqual(expected);
    expect(logitsOf.reason).toBeUndefined();

    const bytes = backend.memory().heapBytesInUse;
    dispose(model);
    expect(() => logitsOf(x)).toThrow(expect.objectContaining({ code: 'NOT_INITIALIZED' }));
    logitsOf.dispose();
    expect(backend.memory().heapBytesInUse).toBeLessThan(bytes);
    x.dispose();
  });

  it('plays what is free of the batch, and steps aside for a tape and for another backend', async () => {
    await start();
    const model = network();
    const logitsOf = record(model, { batchFree: true });
    const x = picture('x');
    expect(valuesOf(logitsOf(x))).toEqual(valuesOf(predict(model, x, { batchFree: true })));
    const gradient = tf.grad((input) => tf.sum(logitsOf(input as tf.Tensor4D)))(x);
    expect(valuesOf(gradient).some((value) => value !== 0)).toBe(true);
    await tf.setBackend('cpu');
    expect(valuesOf(logitsOf(x))).toHaveLength(5);
    expect(logitsOf.reason).toMatch('records nothing');
    logitsOf.dispose();
    dispose(model);
    x.dispose();
  });

  it('survives memory that grows under it, unshared too', async () => {
    await start({ threads: 1 });
    const model = network();
    const logitsOf = record(model);
    const x = picture('x');
    const before = valuesOf(logitsOf(x));
    const { heapBytes } = backend.memory();
    const large = tf.fill([2 * heapBytes], 1);
    expect(backend.memory().heapBytes).toBeGreaterThan(heapBytes);
    expect(valuesOf(logitsOf(x))).toEqual(before);
    tf.dispose([large, x]);
    logitsOf.dispose();
    dispose(model);
  });

  it('loses nothing, whichever allocation fails, and goes on', async () => {
    await start();
    const model = network();
    const x = picture('x');
    const expected = valuesOf(predict(model, x));
    const before = tf.memory().numTensors;
    const { allocate } = Heap.prototype;
    // All that a recording asks for; each seventh, and the last ones, for the recording itself.
    let total = Number.POSITIVE_INFINITY;
    let failing = Number.POSITIVE_INFINITY;
    for (const failures: number[] = []; failing >= 0; failing = failures.pop() ?? -1) {
      const logitsOf = predictor(model, SHAPE);
      valuesOf(logitsOf(x));
      let count = 0;
      vi.spyOn(Heap.prototype, 'allocate').mockImplementation(function (this: Heap, bytes) {
        return count++ >= failing ? 0 : allocate.call(this, bytes);
      });
      // The usual way, which it tries then, finds no memory either.
      if (total < Number.POSITIVE_INFINITY)
        expect(() => logitsOf(x)).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
      else expect(valuesOf(logitsOf(x))).toEqual(expected);
      vi.restoreAllMocks();
      if (failing === Number.POSITIVE_INFINITY) {
        total = count;
        for (let i = 0; i < total; i += 7) failures.push(i);
        failures.push(total - 3, total - 2, total - 1);
      }
      expect(valuesOf(logitsOf(x))).toEqual(expected);
      logitsOf.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
    x.dispose();
    dispose(model);
    expect(backend.memory().heapBytesInUse).toBe(0);
  });
});

class Does extends Module<tf.Tensor4D, tf.Tensor> {
  constructor(readonly fn: (x: tf.Tensor4D) => tf.Tensor) {
    super();
  }
  forward(x: tf.Tensor4D): tf.Tensor {
    return this.fn(x);
  }
}

it('a predictor follows a layer that is replaced', async () => {
  await start({ threads: 1 });
  class Holder extends Module<tf.Tensor4D, tf.Tensor> {
    layers = [new Does((x) => tf.relu(x))];
    forward(x: tf.Tensor4D): tf.Tensor {
      return this.layers[0]!.forward(x);
    }
  }
  const model = new Holder();
  const logitsOf = predictor(model, SHAPE);
  const x = picture('x');
  for (let i = 0; i < 3; i++) expect(valuesOf(logitsOf(x))).toEqual(valuesOf(tf.relu(x)));
  expect(logitsOf.reason).toBeUndefined();
  model.layers[0] = new Does((x) => tf.neg(x));
  for (let i = 0; i < 3; i++) expect(valuesOf(logitsOf(x))).toEqual(valuesOf(tf.neg(x)));
  expect(logitsOf.reason).toBeUndefined();
  logitsOf.dispose();
  x.dispose();
});

describe('what kernels alone do not repeat', () => {
  const keptTensors: tf.Tensor[] = [];
  const cases = {
    'runs in JavaScript': [(x: tf.Tensor4D) => tf.sin(x), /Sin.* computes in JavaScript/],
    'reads values': [(x: tf.Tensor4D) => tf.mul(x, tf.relu(x).dataSync()[0]!), /values/],
    'makes a tensor': [(x: tf.Tensor4D) => tf.add(x, tf.tensor1d([1, 2, 3])), /made of values in JavaScript/],
    'keeps a tensor': [
      (x: tf.Tensor4D) => {
        keptTensors.push(tf.keep(tf.relu(x)));
        return tf.relu(keptTensors.at(-1)!);
      },
      /outlives/,
    ],
    'predicts with another predictor': [
      (() => {
        const inner = predictor(new Does((x) => tf.relu(x)), SHAPE);
        return (x: tf.Tensor4D) => inner(x);
      })(),
      /another recording/,
    ],
  } as const;

  it.each(Object.entries(cases))('a forward that %s is not recorded', async (_, [fn, reason]) => {
    await start();
    const before = tf.memory().numTensors;
    const model = new Does(fn);
    const logitsOf = predictor(model, SHAPE);
    for (const name of ['a', 'b', 'c', 'd']) {
      const x = picture(name);
      expect(valuesOf(logitsOf(x))).toEqual(valuesOf(tf.tidy(() => fn(x))));
      x.dispose();
    }
    expect(logitsOf.reason).toMatch(reason);
    logitsOf.dispose();
    tf.dispose(keptTensors.splice(0));
    expect(tf.memory().numTensors).toBe(before);
  });
});
