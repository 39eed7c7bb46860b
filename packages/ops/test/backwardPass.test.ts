import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineOp, linear, releaseTape } from '../src/index.js';

beforeAll(async () => {
  expect(await tf.setBackend('cpu')).toBe(true);
});

const LAYERS = 10;
const SIZE = 32;
const square = (value: number): tf.Tensor2D => tf.fill([SIZE, SIZE], value);

/** x, and calls `look` when the backward pass comes by. */
function watch(x: tf.Tensor2D, look: () => void): tf.Tensor2D {
  const watched = tf.customGrad((input) => {
    const gradFunc = (dy: tf.Tensor) => {
      look();
      return dy.clone();
    };
    return { value: (input as tf.Tensor).clone(), gradFunc };
  });
  return watched(x) as tf.Tensor2D;
}

interface TestKernels {
  'residual/testSum': { inputs: { a: tf.Tensor; b: tf.Tensor }; attributes: Record<string, never> };
}

/** a + b, whose gradient functions hand out what they were given. */
const sum = defineOp<TestKernels, 'residual/testSum'>({
  name: 'residual/testSum',
  outputs: ({ a }) => [{ shape: a.shape }],
  reference: ({ a, b }) => [tf.add(a, b)],
  gradient: { save: ({ a }) => [a], backward: (dy) => ({ a: () => dy, b: () => dy }) },
});

describe('a backward pass', () => {
  it('lets go of what was saved, and of gradients, as it goes', () => {
    const bytes: number[] = [];
    const look = () => void bytes.push(tf.memory().numBytes);
    tf.tidy(() => {
      const weight = square(1 / SIZE);
      const f = (x: tf.Tensor) => {
        let y = watch(x as tf.Tensor2D, look);
        for (let i = 0; i < LAYERS; i++) y = linear(y, weight);
        return watch(y, look);
      };
      expect(tf.grad(f)(square(1)).dataSync()[0]).toBeCloseTo(1);
    });
    const [before, after] = bytes as [number, number];
    // Each layer had saved its input.
    expect(before - after).toBeGreaterThan((LAYERS - 4) * 4 * SIZE * SIZE);
  });

  it('leaves what is not its own: inputs, the value, the gradient that came in', () => {
    tf.tidy(() => {
      const [x, weight, dy] = [square(2), square(1), square(3)];
      const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) =>
        linear(linear(a as tf.Tensor2D, b as tf.Tensor2D), b as tf.Tensor2D),
      )([x, weight], dy);
      for (const tensor of [x, weight, dy, value, ...grads]) expect(tensor.isDisposed).toBe(false);
      expect(dy.dataSync()[0]).toBe(3);
      expect(grads[0]!.dataSync()[0]).toBe(3 * SIZE * SIZE);
    });
  });

  it('lets gradient functions return what they were given', () => {
    tf.tidy(() => {
      const f = (x: tf.Tensor) => {
        const [left, right] = [linear(x as tf.Tensor2D, square(1)), linear(x as tf.Tensor2D, square(2))];
        return sum.apply({ a: left, b: right }, {});
      };
      expect(tf.grad(f)(square(1)).dataSync()[0]).toBe(3 * SIZE);
    });
  });

  it('keeps everything for an outer gradient', () => {
    tf.tidy(() => {
      const weight = square(1 / SIZE);
      const inner = (x: tf.Tensor) => linear(linear(x as tf.Tensor2D, weight), weight);
      // The inner pass goes over the operations that the outer one will go over again.
      const outer = (x: tf.Tensor) => tf.valueAndGrad(inner)(x).value;
      expect(tf.grad(outer)(square(5)).dataSync()[0]).toBeCloseTo(1);
    });
  });

  it('gives the same gradients twice', () => {
    const f = tf.grad((x: tf.Tensor) => linear(linear(x as tf.Tensor2D, square(1)), square(1)));
    expect(f(square(1)).dataSync()).toEqual(f(square(1)).dataSync());
  });
});

describe('releaseTape', () => {
  it('frees what was saved when the computation of a gradient throws', () => {
    const before = tf.memory().numTensors;
    const x = square(1);
    const step = (where: 'forward' | 'backward') =>
      tf.tidy(() => {
        const fail = () => {
          throw new Error('no room');
        };
        return tf.grad((input: tf.Tensor) => {
          const y = linear(watch(input as tf.Tensor2D, where === 'backward' ? fail : () => {}), square(1));
          if (where === 'forward') fail();
          return linear(y, square(1));
        })(x);
      });
    for (const where of ['forward', 'backward'] as const) {
      expect(() => step(where)).toThrow('no room');
      expect(tf.memory().numTensors).toBeGreaterThan(before + 1);
      releaseTape();
      expect(tf.memory().numTensors).toBe(before + 1);
    }
    x.dispose();
  });

  it('does nothing while a gradient is being computed', () => {
    tf.tidy(() => {
      const f = (x: tf.Tensor) => {
        const y = linear(x as tf.Tensor2D, square(1));
        releaseTape();
        return y;
      };
      expect(tf.grad(f)(square(1)).dataSync()[0]).toBe(SIZE);
    });
  });
});
