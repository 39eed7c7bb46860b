import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { MIN_CHANNELS } from '../src/convolution/algorithm.js';
import type { ConvolutionAttributes } from '../src/convolution/shape.js';
import {
  type Doubles,
  naiveConv2d,
  naiveFilterGradient,
  naiveInputGradient,
  outputShape,
} from '../src/testing/naive.js';

export interface RandomConvolution extends ConvolutionAttributes {
  /** [B, H, W, Cin] */
  x: number[];
  /** [kh, kw, Cin / groups, Cout] */
  filter: number[];
}

/** Numbers of a shape: a function of its index alone, so that a failure can be repeated. */
class Draw {
  readonly #values: Float32Array;
  #next = 0;

  constructor(purpose: string, index: number) {
    this.#values = uniforms({ seed: index, purpose }, 64);
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#values[this.#next++]! * (most - least + 1));
  }
}

/**
 * 3x3, stride 1, padding 0 to 2, of as many channels as Winograd's algorithm is ever taken for. With fewer, forced, its error is
 * now and then beyond the bound: it doesn't shrink with the sum that it is compared to.
 */
export function winogradConvolution(index: number): RandomConvolution {
  const draw = new Draw('winograd', index);
  const padding: [number, number] = [draw.whole(0, 2), draw.whole(0, 2)];
  const [height, width] = padding.map((border) => draw.whole(Math.max(1, 3 - 2 * border), 20));
  const [channels, outputs] = [draw.whole(MIN_CHANNELS, 40), draw.whole(MIN_CHANNELS, 40)];
  return {
    x: [draw.whole(1, 5), height!, width!, channels],
    filter: [3, 3, channels, outputs],
    ...{ stride: [1, 1], padding, groups: 1 },
  };
}

/** Any kernel, stride, padding and groups. */
export function anyConvolution(index: number): RandomConvolution {
  const draw = new Draw('direct', index);
  const padding: [number, number] = [draw.whole(0, 3), draw.whole(0, 3)];
  const kernel: [number, number] = [draw.whole(1, 7), draw.whole(1, 7)];
  const [height, width] = kernel.map((size, axis) => draw.whole(Math.max(1, size - 2 * padding[axis]!), 20));
  const groups = draw.whole(0, 2) === 0 ? draw.whole(2, 8) : 1;
  const most = Math.floor(40 / groups);
  const [channels, outputs] = [draw.whole(1, most), draw.whole(1, most)];
  return {
    x: [draw.whole(1, 5), height!, width!, channels * groups],
    filter: [...kernel, channels, outputs * groups],
    ...{ stride: [draw.whole(1, 3), draw.whole(1, 3)], padding, groups },
  };
}

export const DIRECTIONS = ['forward', 'inputGradient', 'filterGradient'] as const;

/** Uniform numbers in [-1, 1), which float32 holds exactly. */
function numbers(shape: number[], purpose: string, index: number): Doubles {
  const count = tf.util.sizeFromShape(shape);
  return {
    shape,
    values: Float64Array.from(uniforms({ seed: index, purpose }, count), (value) =>
      Math.fround(2 * value - 1),
    ),
  };
}

/** A convolution's three results in double precision, and a function that computes them on the active backend. */
export function bothWays(
  one: RandomConvolution,
  index: number,
): { expected: Doubles[]; actual: () => Float32Array[] } {
  const { stride, padding, groups } = one;
  const attributes = { stride, padding, groups };
  const x = numbers(one.x, 'x', index);
  const filter = numbers(one.filter, 'filter', index);
  const dy = numbers(outputShape(one.x, one.filter, one), 'dy', index);
  const expected = [
    naiveConv2d(x, filter, one),
    naiveInputGradient(dy, filter, one.x, one),
    naiveFilterGradient(x, dy, one.filter, one),
  ];
  const actual = () =>
    tf.tidy(() => {
      const [tx, tFilter, tdy] = [x, filter, dy].map(({ shape, values }) =>
        tf.tensor(new Float32Array(values), shape),
      );
      const run = (kernel: string, inputs: object, rest: object = {}) =>
        [tf.engine().runKernel(kernel, inputs as tf.NamedTensorMap, { ...attributes, ...rest })].flat()[0]!;
      return [
        run('residual/conv2d', { x: tx, filter: tFilter }),
        run('residual/conv2dInputGradient', { dy: tdy, filter: tFilter }, { inputShape: one.x }),
        run('residual/conv2dFilterGradient', { x: tx, dy: tdy }, { filterShape: one.filter }),
      ].map((tensor) => tensor.dataSync() as Float32Array);
    });
  return { expected, actual };
}
