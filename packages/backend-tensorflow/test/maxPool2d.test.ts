import { maxPool2d, withReferences } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { whereTensorflowRuns } from './whereTensorflowRuns.js';

const VALUES = [1, Number.NaN, 3, Number.NEGATIVE_INFINITY, 5, Number.POSITIVE_INFINITY, 7, 7, -2];

await whereTensorflowRuns(() => {
  it.each([
    { name: 'more windows than pixels', options: { kernelSize: 2, stride: 1, padding: 1 } },
    { name: 'as many', options: { kernelSize: 3, stride: 1, padding: 1 } },
    { name: 'fewer', options: { kernelSize: 2, stride: 2, padding: 1 } },
  ])('with $name finds NaN, infinities and first maxima as the reference does', ({ options }) => {
    const x = tf.tensor4d([...VALUES, ...VALUES.toReversed()], [2, 3, 3, 1]);
    const run = () => {
      const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => maxPool2d(t as tf.Tensor4D, options))(x);
      return { y: value.arraySync(), dx: grad.arraySync() };
    };
    expect(tf.tidy(run)).toEqual(tf.tidy(() => withReferences(run)));
    x.dispose();
  });
});
