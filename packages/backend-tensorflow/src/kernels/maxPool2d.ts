import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';
import { type Program, TYPE } from '../program.js';
import { padded, validWindows, type WindowAttributes } from './windows.js';

type Shape = [number, number, number, number];
type PoolAttributes = WindowAttributes & { kernelSize: [number, number] };

/** The lowest finite float32. */
const LOWEST = -(2 - 2 ** -23) * 2 ** 127;

/**
 * `residual/maxPool2d` of `@residual/ops`: y and the position h * W + w of each maximum, both [B, Ho, Wo, C].
 *
 * TensorFlow's max-pooling forgets a NaN that isn't a window's first value, and takes the border for the maximum where
 * all is -infinity. So it finds only where the maxima are, in values that it compares rightly.
 */
export const maxPool2d: TensorflowKernel<{ x: TensorInfo }, PoolAttributes> = {
  kernelName: 'residual/maxPool2d',
  program({ program, inputs: { x }, attrs }) {
    const [kh, kw] = attrs.kernelSize;
    const nothing = program.float(Number.NEGATIVE_INFINITY);
    const bordered = padded(program, x, attrs.padding, nothing);
    const ordered = padded(program, comparable(program, x), attrs.padding, nothing);
    const [, index] = program.callAll(
      'MaxPoolWithArgmax',
      [ordered],
      { ...validWindows(attrs), ksize: [1, kh, kw, 1], include_batch_in_index: true },
      2,
    ) as [Handle, Handle];
    const values = program.reshape(bordered, [size(bordered.shape)]);
    const y = program.call('GatherV2', [values, index, program.integer(0)]);
    return [y, positions(program, index, { x, bordered, attrs })];
  },
};

/** x with its order kept and made total: NaN above everything, and all of x above the border. */
function comparable(program: Program, x: Handle): Handle {
  const hasNaN = program.call('IsNan', [x]);
  const numbers = program.call('SelectV2', [hasNaN, program.float(Number.POSITIVE_INFINITY), x]);
  return program.call('Maximum', [numbers, program.float(LOWEST)]);
}

/** From places in the bordered pictures, ((b * H' + h') * W' + w') * C + c as int64, to h * W + w as int32. */
function positions(
  program: Program,
  index: Handle,
  { x, bordered, attrs: { padding } }: { x: Handle; bordered: Handle; attrs: PoolAttributes },
): Handle {
  const [batch, , width, channels] = x.shape as Shape;
  const [, borderedHeight, borderedWidth] = bordered.shape as Shape;
  const [ph, pw] = padding;
  const number = (value: number) => program.cast(program.integer(value), 'int64');
  const pixel = program.call('Div', [index, number(channels)]); // (b * H' + h') * W' + w'
  const row = program.call('Div', [pixel, number(borderedWidth)]); // b * H' + h'
  const narrower = program.call('Mul', [row, number(borderedWidth - width)]);
  // b * H' * W + h' * W + w', less what belongs to the pictures before and to the border
  const surplus = Array.from({ length: batch }, (_, b) => b * borderedHeight * width + ph * width + pw);
  const before = program.cast(program.integers([batch, 1, 1, 1], surplus), 'int64');
  const position = program.call('Sub', [program.call('Sub', [pixel, narrower]), before]);
  return program.cast(position, 'int32');
}

/** `residual/maxPool2dGradient` of `@residual/ops`: each dy at its window's maximum, [B, H, W, C]. */
export const maxPool2dGradient: TensorflowKernel<
  { dy: TensorInfo; argmax: TensorInfo },
  { inputShape: Shape }
> = {
  kernelName: 'residual/maxPool2dGradient',
  program({ program, inputs: { dy, argmax }, attrs: { inputShape } }) {
    const [batch, height, width, channels] = inputShape;
    const size = batch * height * width * channels;
    const number = (value: number) => program.cast(program.integer(value), 'int64');
    const range = (shape: number[], length: number, step: number) =>
      program.cast(
        program.integers(
          shape,
          Array.from({ length }, (_, i) => i * step),
        ),
        'int64',
      );
    const position = program.cast(argmax, 'int64');
    const pixels = program.call('Mul', [position, number(channels)]);
    const inPicture = program.call('AddV2', [pixels, range([1, 1, 1, channels], channels, 1)]);
    const index = program.call('AddV2', [
      inPicture,
      range([batch, 1, 1, 1], batch, height * width * channels),
    ]);
    const count = dy.shape.reduce((product, length) => product * length, 1);
    const dx = program.call('ScatterNd', [
      program.reshape(index, [count, 1]),
      program.reshape(dy, [count]),
      program.call('Cast', [program.list([size])], { DstT: { type: TYPE.int64 } }),
    ]);
    return [program.reshape(dx, inputShape)];
  },
};

function size(shape: number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
