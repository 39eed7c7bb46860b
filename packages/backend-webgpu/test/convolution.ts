import { conv2d } from '@residual/ops';
import { normals } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';

/** A tensor of normal numbers that `purpose` decides. */
export const drawn = <T extends tf.Tensor>(purpose: string, shape: number[]): T =>
  tf.tensor(normals({ seed: 1, purpose }, tf.util.sizeFromShape(shape)), shape) as T;

/** y, dx, dFilter and dBias of a convolution. */
export async function convolution(
  shape: number[],
  filterShape: number[],
  options: { stride: number; groups?: number },
) {
  const x = drawn<tf.Tensor4D>('x', shape);
  const filter = drawn<tf.Tensor4D>('filter', filterShape);
  const bias = drawn<tf.Tensor1D>('bias', [filterShape[3]!]);
  const results = tf.tidy(() => {
    const f = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
      conv2d(a as tf.Tensor4D, b as tf.Tensor4D, { bias: c as tf.Tensor1D, padding: 1, ...options });
    const y = f(x, filter, bias);
    const grads = tf.grads(f)([x, filter, bias], drawn('dy', y.shape));
    return [y, ...grads];
  });
  const values = await Promise.all(results.map((tensor) => tensor.data()));
  tf.dispose([x, filter, bias, results]);
  return values;
}
