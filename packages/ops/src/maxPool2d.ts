import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './defineOp.js';
import type { Shape4D } from './size.js';
import { type PoolAttributes, type PoolOptions, poolAttributes, windowShape, windows } from './windows.js';

/** x [B, H, W, C], y and argmax [B, Ho, Wo, C]. */
export interface MaxPool2dKernels {
  /** y, and where in its picture each maximum is: argmax = h * W + w, int32. */
  'residual/maxPool2d': {
    inputs: { x: tf.Tensor4D };
    attributes: PoolAttributes & { inputShape: Shape4D };
  };
  /** dx. */
  'residual/maxPool2dGradient': {
    inputs: { dy: tf.Tensor4D; argmax: tf.Tensor4D };
    attributes: { inputShape: Shape4D };
  };
}

/** Source: PyTorch's `max_pool2d(return_indices=True)`: the first maximum wins, a NaN wins over everything. */
const pool = defineOp<MaxPool2dKernels, 'residual/maxPool2d'>({
  name: 'residual/maxPool2d',
  outputs: ({ x }, attributes) => {
    const shape = windowShape(x.shape, attributes.kernelSize, attributes, x.shape[3]);
    return [{ shape }, { shape, dtype: 'int32' }];
  },
  reference: ({ x }, attributes) => {
    const { kernelSize, stride, padding } = attributes;
    const [, height, width, channels] = x.shape;
    const [kh, kw] = kernelSize;
    const [ph, pw] = padding;
    const shape = windowShape(x.shape, [kh, kw], attributes, channels);
    const border: [number, number][] = [
      [0, 0],
      [ph, Math.max(0, (shape[1] - 1) * stride[0] + kh - ph - height)],
      [pw, Math.max(0, (shape[2] - 1) * stride[1] + kw - pw - width)],
      [0, 0],
    ];
    const candidates = windows(
      tf.pad(x, border, Number.NEGATIVE_INFINITY) as tf.Tensor4D,
      [kh, kw],
      stride,
      shape,
    );

    // The positions h * W + w of the windows' top left corners, [1, Ho, Wo, 1].
    const rows = tf.sub(
      tf.mul(tf.range(0, shape[1], 1, 'int32'), tf.scalar(stride[0], 'int32')),
      tf.scalar(ph, 'int32'),
    );
    const columns = tf.sub(
      tf.mul(tf.range(0, shape[2], 1, 'int32'), tf.scalar(stride[1], 'int32')),
      tf.scalar(pw, 'int32'),
    );
    const at = (i: number, j: number, clip: boolean): tf.Tensor => {
      const h = tf.reshape(tf.add(rows, tf.scalar(i, 'int32')), [1, -1, 1, 1]);
      const w = tf.reshape(tf.add(columns, tf.scalar(j, 'int32')), [1, 1, -1, 1]);
      const inside = (v: tf.Tensor) => (clip ? tf.maximum(v, tf.scalar(0, 'int32')) : v);
      return tf.broadcastTo(tf.add(tf.mul(inside(h), tf.scalar(width, 'int32')), inside(w)), shape);
    };

    let y = tf.fill(shape, Number.NEGATIVE_INFINITY) as tf.Tensor;
    let argmax = at(0, 0, true);
    for (const [position, candidate] of candidates.entries()) {
      const better = tf.logicalOr(tf.greater(candidate, y), tf.isNaN(candidate));
      y = tf.where(better, candidate, y);
      argmax = tf.where(better, at(Math.floor(position / kw), position % kw, false), argmax);
    }
    return [y, argmax];
  },
  gradient: {
    save: (_, [, argmax]) => [argmax!],
    backward: (dy: tf.Tensor4D, [argmax]: tf.Tensor4D[], { inputShape }) => ({
      x: () => poolGradient.run({ dy, argmax: argmax! }, { inputShape })[0]!,
    }),
  },
});

const poolGradient = defineOp<MaxPool2dKernels, 'residual/maxPool2dGradient'>({
  name: 'residual/maxPool2dGradient',
  outputs: (_, { inputShape }) => [{ shape: inputShape }],
  reference: ({ dy, argmax }, { inputShape }) => {
    const [batch, height, width, channels] = inputShape;
    const pictures = tf.reshape(tf.range(0, batch, 1, 'int32'), [-1, 1, 1, 1]);
    const position = tf.add(tf.mul(pictures, tf.scalar(height * width, 'int32')), argmax);
    const index = tf.add(tf.mul(position, tf.scalar(channels, 'int32')), tf.range(0, channels, 1, 'int32'));
    // Windows overlap: scatterND adds what meets at one position.
    const dx = tf.scatterND(tf.reshape(index, [-1, 1]), tf.reshape(dy, [-1]), [
      batch * height * width * channels,
    ]);
    return [tf.reshape(dx, inputShape)];
  },
});

/**
 * Max-pooling with symmetric padding, PyTorch's `F.max_pool2d` on NHWC. Padding never wins over a picture's value. The gradient
 * goes to the first maximum of a window.
 *
 * @param x [B, H, W, C]
 * @returns [B, Ho, Wo, C] with Ho = floor((H + 2 padding - kernel) / stride) + 1
 * @throws OpsError `SHAPE` when the picture is smaller than the window, `OPTION` for a bad size.
 */
export function maxPool2d(x: tf.Tensor4D, options: PoolOptions): tf.Tensor4D {
  const attributes = poolAttributes(x, options, 'maxPool2d');
  return pool.apply({ x }, { ...attributes, inputShape: x.shape }) as tf.Tensor4D;
}
