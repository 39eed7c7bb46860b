import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';
import { type Shape4D, type Size, sizeOf } from './size.js';
import { type PoolAttributes, type PoolOptions, poolAttributes, windowShape } from './windows.js';

type Attributes = PoolAttributes & {
  /** Whether padding counts among a window's values. What leaves the padded picture, in `ceilMode`, never does. */
  countIncludePad: boolean;
  inputShape: Shape4D;
};

/** x [B, H, W, C], y [B, Ho, Wo, C]. */
export interface AveragePool2dKernels {
  /** y. */
  'residual/averagePool2d': { inputs: { x: tf.Tensor4D }; attributes: Attributes };
  /** dx. */
  'residual/averagePool2dGradient': { inputs: { dy: tf.Tensor4D }; attributes: Attributes };
}

/** Source: PyTorch's `avg_pool2d`. */
const pool = defineOp<AveragePool2dKernels, 'residual/averagePool2d'>({
  name: 'residual/averagePool2d',
  outputs: ({ x }, attributes) => [
    { shape: windowShape(x.shape, attributes.kernelSize, attributes, x.shape[3]) },
  ],
  reference: ({ x }, attributes) => {
    const [rows, columns] = weights(attributes);
    return [mixed(x, tf.tensor2d(rows!), tf.tensor2d(columns!))];
  },
  gradient: {
    save: () => [],
    backward: (dy: tf.Tensor4D, _, attributes) => ({ x: () => poolGradient.run({ dy }, attributes)[0]! }),
  },
});

const poolGradient = defineOp<AveragePool2dKernels, 'residual/averagePool2dGradient'>({
  name: 'residual/averagePool2dGradient',
  outputs: (_, { inputShape }) => [{ shape: inputShape }],
  reference: ({ dy }, attributes) => {
    const [rows, columns] = weights(attributes);
    return [mixed(dy, tf.transpose(tf.tensor2d(rows!)), tf.transpose(tf.tensor2d(columns!)))];
  },
});

/** y[b, i, j, c] = sum over h and w of rows[i, h] * columns[j, w] * x[b, h, w, c]: a mean over a rectangle is one of means. */
function mixed(x: tf.Tensor4D, rows: tf.Tensor2D, columns: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const [outputHeight, outputWidth] = [rows.shape[0], columns.shape[0]];
  const stacked = ([count, length]: [number, number], matrix: tf.Tensor2D) =>
    tf.reshape(matrix, [1, count, length]);
  const across = tf.matMul(stacked(rows.shape, rows), tf.reshape(x, [batch, height, width * channels])); // [B, Ho, W * C]
  const down = tf.matMul(
    stacked(columns.shape, columns),
    tf.reshape(across, [batch * outputHeight, width, channels]),
  ); // [B * Ho, Wo, C]
  return tf.reshape(down, [batch, outputHeight, outputWidth, channels]);
}

/** For the windows along height and width: what each position counts for, [windows, length]. */
function weights(attributes: Attributes): number[][][] {
  return averagedWindows(attributes).map((windows, axis) =>
    windows.map(({ first, last, count }) => share(attributes.inputShape[axis + 1]!, first, last, count)),
  );
}

/** A window along one axis: its positions inside of the picture, from `first` to before `last`, and how many count. */
interface AveragedWindow {
  first: number;
  last: number;
  count: number;
}

/** The windows of an average pooling along height and along width: a window's values count `count` times `count`. */
export function averagedWindows(attributes: Attributes): [AveragedWindow[], AveragedWindow[]] {
  const { kernelSize, stride, padding, countIncludePad, inputShape } = attributes;
  const [, ...counts] = windowShape(inputShape, kernelSize, attributes, inputShape[3]);
  const along = (axis: 0 | 1): AveragedWindow[] => {
    const length = inputShape[axis + 1]!;
    return Array.from({ length: counts[axis]! }, (_, i) => {
      const start = i * stride[axis] - padding[axis];
      const end = Math.min(start + kernelSize[axis], length + padding[axis]);
      const [first, last] = [Math.max(start, 0), Math.min(end, length)];
      return { first, last, count: countIncludePad ? end - start : last - first };
    });
  };
  return [along(0), along(1)];
}

/** 1 / count from position `first` to before `last` of `length`, 0 elsewhere. */
function share(length: number, first: number, last: number, count: number): number[] {
  return Array.from({ length }, (_, at) => (at >= first && at < last ? 1 / count : 0));
}

export interface AveragePool2dOptions extends PoolOptions {
  /** Whether padding counts among a window's values. Default true. */
  countIncludePad?: boolean;
}

/**
 * Average pooling with symmetric padding of zeros, PyTorch's `F.avg_pool2d` on NHWC.
 *
 * @param x [B, H, W, C]
 * @returns [B, Ho, Wo, C] with Ho = floor((H + 2 padding - kernel) / stride) + 1
 * @throws OpsError `SHAPE` when the picture is smaller than the window, `OPTION` for a bad size.
 */
export function averagePool2d(x: tf.Tensor4D, options: AveragePool2dOptions): tf.Tensor4D {
  const attributes = poolAttributes(x, options, 'averagePool2d');
  const { countIncludePad = true } = options;
  return pool.apply({ x }, { ...attributes, countIncludePad, inputShape: x.shape }) as tf.Tensor4D;
}

/**
 * The means of `outputSize` rectangles that cover the picture, PyTorch's `F.adaptive_avg_pool2d` on NHWC: the i-th of n along a
 * length L goes from floor(i L / n) to ceil((i + 1) L / n).
 *
 * Two products of matrices, fast on every backend. Where each rectangle has one size, `averagePool2d` is the same.
 *
 * @param x [B, H, W, C]
 * @returns [B, ...outputSize, C]
 * @throws OpsError `OPTION` for a bad size.
 */
export function adaptiveAveragePool2d(x: tf.Tensor4D, outputSize: Size): tf.Tensor4D {
  assertShape(x, [null, null, null, null], 'adaptiveAveragePool2d: x', ' (batch, height, width, channels)');
  const [rows, columns] = sizeOf(outputSize, 'adaptiveAveragePool2d: outputSize', 1);
  const [, height, width] = x.shape;
  if (rows === height && columns === width) return tf.clone(x);
  const along = (length: number, count: number) =>
    tf.tensor2d(
      Array.from({ length: count }, (_, i) => {
        const first = Math.floor((i * length) / count);
        const end = Math.ceil(((i + 1) * length) / count);
        return share(length, first, end, end - first);
      }),
    );
  return tf.tidy(() => mixed(x, along(height, rows), along(width, columns)));
}
