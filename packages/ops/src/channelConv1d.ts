import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { conv2d } from './conv2d.js';
import { OpsError } from './error.js';

/**
 * A convolution along the channels, with one filter for all of them and zeros beyond the first and the last: each value sees its
 * `size` nearest. Source: ECA-Net (arXiv 1910.03151), equation 9; PyTorch's `F.conv1d(x[:, None], filter, padding=size // 2)`.
 *
 * It is `conv2d` of pictures of one row and one channel, as fast as that on every backend.
 *
 * @param x [B, C]
 * @param filter [size, 1, 1] with an odd size
 * @returns [B, C]
 * @throws OpsError `SHAPE` when a tensor doesn't fit.
 */
export function channelConv1d(x: tf.Tensor2D, filter: tf.Tensor3D): tf.Tensor2D {
  assertShape(x, [null, null], 'channelConv1d: x', ' (batch, channels)');
  assertShape(filter, [null, 1, 1], 'channelConv1d: filter', ' (size, 1, 1)');
  const [batch, channels] = x.shape;
  const [size] = filter.shape;
  if (size % 2 === 0) {
    throw new OpsError('SHAPE', {
      where: 'channelConv1d: filter',
      expected: 'an odd size, so that there is a middle',
      received: `shape [${filter.shape}]`,
      fix: 'Use one more or one less.',
    });
  }
  const row = tf.reshape(x, [batch, 1, channels, 1]) as tf.Tensor4D;
  const y = conv2d(row, tf.reshape(filter, [1, size, 1, 1]) as tf.Tensor4D, { padding: [0, (size - 1) / 2] });
  return tf.reshape(y, [batch, channels]);
}
