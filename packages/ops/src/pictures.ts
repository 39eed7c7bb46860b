import { COEFFICIENT_BITS, isVerticalFirst, resizeCoefficients } from '@residual/resample';
import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';
import { OpsError } from './error.js';

/** Of pictures [B, H, W, C]. */
export interface PictureKernels {
  /** [B, height, width, C], int32, of x likewise. */
  'residual/resizeBilinear': { inputs: { x: tf.Tensor4D }; attributes: { size: [number, number] } };
  /** float32 of an int32 x; mean and standardDeviation have a number for each channel. */
  'residual/pictureToFloat': {
    inputs: { x: tf.Tensor4D };
    attributes: { mean: number[]; standardDeviation: number[] };
  };
}

const int = (value: number) => tf.scalar(value, 'int32');

/** Half of a coefficient's bits: what they weigh is summed apart. */
const HALF = 2 ** (COEFFICIENT_BITS / 2);

/**
 * One pass of Pillow's resize along `axis`, in int32. The upper and the lower half of the coefficients are summed apart, so that no
 * number comes near 2^24: some backends compute int32 in floats.
 */
function resizeAxis(x: tf.Tensor, axis: number, to: number): tf.Tensor {
  const from = x.shape[axis]!;
  if (from === to) return x;
  const { taps, first, coefficients } = resizeCoefficients(from, to);
  const alongAxis = x.shape.map((_, i) => (i === axis ? to : 1));
  const ofTap = (tap: number, part: (coefficient: number) => number) =>
    tf.tensor(
      Int32Array.from({ length: to }, (_, i) => part(coefficients[i * taps + tap]!)),
      alongAxis,
      'int32',
    );
  let upper = tf.fill(alongAxis, HALF / 2, 'int32') as tf.Tensor; // one half, to round
  let lower = tf.fill(alongAxis, 0, 'int32') as tf.Tensor;
  for (let tap = 0; tap < taps; tap++) {
    const inputs = first.map((start) => Math.min(start + tap, from - 1));
    const seen = tf.gather(x, tf.tensor1d(inputs, 'int32'), axis);
    upper = tf.add(
      upper,
      tf.mul(
        seen,
        ofTap(tap, (coefficient) => Math.floor(coefficient / HALF)),
      ),
    );
    lower = tf.add(
      lower,
      tf.mul(
        seen,
        ofTap(tap, (coefficient) => coefficient % HALF),
      ),
    );
  }
  // floor((upper * HALF + lower) / HALF^2)
  const level = tf.floorDiv(tf.add(upper, tf.floorDiv(lower, int(HALF))), int(HALF));
  return tf.minimum(tf.maximum(level, int(0)), int(255));
}

const resize = defineOp<PictureKernels, 'residual/resizeBilinear'>({
  name: 'residual/resizeBilinear',
  outputs: ({ x }, { size }) => [{ shape: [x.shape[0], ...size, x.shape[3]], dtype: 'int32' }],
  reference: ({ x }, { size }) => [tf.clone(resizeAxis(resizeAxis(x, 2, size[1]), 1, size[0]))],
});

/**
 * Resizes 8-bit pictures as Pillow 13 does, byte for byte: bilinear, half-pixel centres, antialiased when shrinking; a
 * horizontal and a vertical pass, each rounded to a whole level, the order as of `isVerticalFirst` of `@residual/resample`.
 *
 * @param x [B, H, W, C], int32, 0 to 255
 * @param size [height, width] of the result
 * @returns [B, height, width, C], int32, 0 to 255
 */
export function resizeBilinear(x: tf.Tensor4D, size: readonly [number, number]): tf.Tensor4D {
  assertPictures('resizeBilinear', x);
  if (size.some((length) => !Number.isInteger(length) || length < 1)) {
    throw new OpsError('OPTION', {
      where: 'resizeBilinear: size',
      expected: 'two positive integers',
      received: JSON.stringify(size),
      fix: 'Give [height, width] in whole pixels.',
    });
  }
  const to = (x: tf.Tensor4D, height: number, width: number) =>
    resize.run({ x }, { size: [height, width] })[0] as tf.Tensor4D;
  const [height, width] = size;
  const [, from, across] = x.shape;
  if (!isVerticalFirst([from, across], size)) return to(x, height, width); // the kernels go along the width first
  return tf.tidy(() => to(to(x, height, across), height, width));
}

const toFloat = defineOp<PictureKernels, 'residual/pictureToFloat'>({
  name: 'residual/pictureToFloat',
  outputs: ({ x }) => [{ shape: x.shape }],
  reference: ({ x }, { mean, standardDeviation }) => [
    tf.div(tf.sub(tf.div(tf.cast(x, 'float32'), 255), tf.tensor1d(mean)), tf.tensor1d(standardDeviation)),
  ],
});

export interface NormalizeOptions {
  /** Of each channel, on the scale 0 to 1. */
  mean: readonly number[];
  /** Of each channel, on the scale 0 to 1. */
  standardDeviation: readonly number[];
}

/**
 * Turns 8-bit pictures into a network's input: (x / 255 - mean) / standardDeviation, torchvision's `ToTensor` and `Normalize`.
 *
 * @param x [B, H, W, C], int32, 0 to 255
 * @param options default: mean 0 and standard deviation 1, which leaves x / 255
 * @returns [B, H, W, C], float32
 */
export function pictureToFloat(x: tf.Tensor4D, options?: NormalizeOptions): tf.Tensor4D {
  assertPictures('pictureToFloat', x);
  const channels = x.shape[3];
  const mean = [...(options?.mean ?? new Array<number>(channels).fill(0))];
  const standardDeviation = [...(options?.standardDeviation ?? new Array<number>(channels).fill(1))];
  if (mean.length !== channels || standardDeviation.length !== channels) {
    throw new OpsError('OPTION', {
      where: 'pictureToFloat',
      expected: `a mean and a standard deviation for each of ${channels} channels`,
      received: `${mean.length} and ${standardDeviation.length}`,
      fix: 'Give as many of both as x has channels.',
    });
  }
  return toFloat.run({ x }, { mean, standardDeviation })[0] as tf.Tensor4D;
}

function assertPictures(where: string, x: tf.Tensor4D): void {
  assertShape(x, [null, null, null, null], `${where}: x`, ' (batch, height, width, channels)');
  if (x.dtype !== 'int32') {
    throw new OpsError('OPTION', {
      where: `${where}: x`,
      expected: '8-bit pictures as int32',
      received: x.dtype,
      fix: "Make them with tf.tensor4d(bytes, shape, 'int32').",
    });
  }
}
