import * as tf from '@tensorflow/tfjs-core';
import type { BatchFreeAttribute } from './batchFree.js';
import type { Shape4D } from './size.js';
import { type WindowAttributes, windows } from './windows.js';

export type ConvolutionAttributes = WindowAttributes & { groups: number } & BatchFreeAttribute;

function padded(x: tf.Tensor4D, [ph, pw]: [number, number]): tf.Tensor4D {
  return tf.pad(x, [
    [0, 0],
    [ph, ph],
    [pw, pw],
    [0, 0],
  ]);
}

/** Runs `each` on every group's channels and joins the results' channels (the last axis). */
function byGroup(
  tensors: tf.Tensor4D[],
  groups: number,
  each: (parts: tf.Tensor4D[]) => tf.Tensor4D,
): tf.Tensor4D {
  const split = tensors.map((tensor) => tf.split<tf.Tensor4D>(tensor, groups, 3));
  const results = Array.from({ length: groups }, (_, group) => each(split.map((parts) => parts[group]!)));
  return tf.concat(results, 3);
}

/** y [B,Ho,Wo,Cout]: pad with zeros, then tfjs's own convolution, once a group. */
export function convolve(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  attributes: ConvolutionAttributes,
): tf.Tensor4D {
  // A filter [kh,kw,Cin/groups,Cout] holds the groups side by side in its output channels.
  return byGroup([padded(x, attributes.padding), filter], attributes.groups, ([xPart, filterPart]) =>
    tf.conv2d(xPart!, filterPart!, attributes.stride, 'valid'),
  );
}

/** dx [B,H,W,Cin]: the transposed convolution of dy onto the padded picture, whose border is then dropped. */
export function convolveInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  { inputShape, stride, padding, groups }: ConvolutionAttributes & { inputShape: Shape4D },
): tf.Tensor4D {
  const [batch, height, width, channels] = inputShape;
  const [ph, pw] = padding;
  return byGroup([dy, filter], groups, ([dyPart, filterPart]) => {
    const onPadded = tf.conv2dTranspose(
      dyPart!,
      filterPart!,
      [batch, height + 2 * ph, width + 2 * pw, channels / groups],
      stride,
      'valid',
    );
    return tf.slice(onPadded, [0, ph, pw, 0], [batch, height, width, channels / groups]);
  });
}

/** dFilter [kh,kw,Cin/groups,Cout]: at each position of the filter, what it saw of x times what came back as dy. */
export function convolveFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { filterShape, stride, padding, groups }: ConvolutionAttributes & { filterShape: Shape4D },
): tf.Tensor4D {
  const [kh, kw, channels] = filterShape;
  return byGroup([padded(x, padding), dy], groups, ([xPart, dyPart]) => {
    const outputChannels = dyPart!.shape[3];
    const dyRows = tf.reshape(dyPart!, [-1, outputChannels]); // [B*Ho*Wo, Cout]
    const seen = windows(xPart!, [kh, kw], stride, dyPart!.shape);
    const gradients = seen.map((part) => tf.matMul(tf.reshape(part, [-1, channels]), dyRows, true));
    return tf.reshape(tf.stack(gradients), [kh, kw, channels, outputChannels]);
  });
}
