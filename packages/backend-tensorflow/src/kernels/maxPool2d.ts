import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';
import { type Program, TYPE } from '../program.js';
import { bordersOf, padded, validWindows } from './windows.js';

type Shape = [number, number, number, number];

/** The largest finite float32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/**
 * `residual/maxPool2d` of `@residual/ops`: y and the position h * W + w of each maximum, both [B, Ho, Wo, C].
 *
 * TensorFlow's max-pooling forgets a NaN that isn't a window's first value, and takes the border for the maximum where
 * all is -infinity. So it finds only where the maxima are, in values that it compares rightly.
 */
export const maxPool2d: TensorflowKernel<'residual/maxPool2d'> = {
  kernelName: 'residual/maxPool2d',
  program({ program, inputs: { x }, attrs }) {
    const [kh, kw] = attrs.kernelSize;
    const border = program.float(Number.NEGATIVE_INFINITY);
    const borders = bordersOf(x.shape, attrs);
    const bordered = padded(program, x, borders, border);
    const ordered = padded(program, comparable(program, x), borders, border);
    const windows = { ...validWindows(attrs), ksize: [1, kh, kw, 1] };
    const type = { type: TYPE[indexType(program)] };
    const index = program.callAll('MaxPoolWithArgmax', [ordered], { ...windows, Targmax: type }, 2)[1]!;
    // Each picture as one row, from which its windows' values are taken.
    const rows = program.reshape(bordered, [x.shape[0], sizeOf(bordered) / x.shape[0]]);
    const y = program.call('GatherV2', [rows, index, program.integer(1)], { batch_dims: { int: 1 } });
    return [y, positions(program, index, { shape: x.shape, bordered, padding: attrs.padding })];
  },
};

/** TensorFlow has int32 for this only on the processor, where it is several times as fast as int64. */
function indexType(program: Program): 'int32' | 'int64' {
  return program.usesGpu ? 'int64' : 'int32';
}

/** x with its order kept and made total: NaN above infinity, and -infinity above the border. */
function comparable(program: Program, x: Handle): Handle {
  const hasNaN = program.call('IsNan', [x]);
  const finite = program.call('ClipByValue', [x, program.float(-LARGEST), program.float(LARGEST)]);
  return program.call('SelectV2', [hasNaN, program.float(Number.POSITIVE_INFINITY), finite]);
}

/** From places in the bordered picture, (h' * W' + w') * C + c, to h * W + w as int32. */
function positions(
  program: Program,
  index: Handle,
  { shape, bordered, padding }: { shape: Shape; bordered: Handle; padding: [number, number] },
): Handle {
  const [, , width, channels] = shape;
  const borderedWidth = bordered.shape[2]!;
  const number = (value: number) => program.cast(program.integer(value), indexType(program));
  const pixel = program.call('Div', [index, number(channels)]); // h' * W' + w'
  const row = program.call('Div', [pixel, number(borderedWidth)]); // h'
  const narrower = program.call('Mul', [row, number(borderedWidth - width)]);
  const shifted = program.call('Sub', [pixel, narrower]); // h' * W + w'
  const position = program.call('Sub', [shifted, number(padding[0] * width + padding[1])]);
  return program.cast(position, 'int32');
}

/** `residual/maxPool2dGradient` of `@residual/ops`: each dy at its window's maximum, [B, H, W, C]. */
export const maxPool2dGradient: TensorflowKernel<'residual/maxPool2dGradient'> = {
  kernelName: 'residual/maxPool2dGradient',
  program({ program, inputs: { dy, argmax }, attrs: { inputShape } }) {
    const [batch, height, width, channels] = inputShape;
    const [, rows, columns] = dy.shape;
    const number = (value: number) => program.cast(program.integer(value), 'int64');
    const range = Array.from({ length: channels }, (_, c) => c);
    const first = program.call('Mul', [program.cast(argmax, 'int64'), number(channels)]);
    const channel = program.cast(program.integers([1, 1, 1, channels], range), 'int64');
    const index = program.call('AddV2', [first, channel]); // (h * W + w) * C + c
    if (rows > height || columns > width) return [scattered(program, { dy, index, inputShape })];
    // Where the maxima are is given; of the windows only their number counts, of x only its shape.
    const windows = {
      ksize: [1, height - rows + 1, width - columns + 1, 1],
      strides: [1, 1, 1, 1],
      padding: 'VALID',
    };
    const x = program.call('Fill', [program.list([batch, height, width, channels]), program.float(0)]);
    return [program.call('MaxPoolGradWithArgmax', [x, dy, index], windows)];
  },
};

/** The same for more windows than pixels, along an axis: an even kernel with the widest border and stride 1. */
function scattered(
  program: Program,
  { dy, index, inputShape }: { dy: Handle; index: Handle; inputShape: Shape },
): Handle {
  const [batch, ...picture] = inputShape;
  const size = picture.reduce((product, length) => product * length, 1);
  const starts = Array.from({ length: batch }, (_, b) => b * size);
  const start = program.cast(program.integers([batch, 1, 1, 1], starts), 'int64');
  const dx = program.call('ScatterNd', [
    program.reshape(program.call('AddV2', [index, start]), [sizeOf(dy), 1]),
    program.reshape(dy, [sizeOf(dy)]),
    program.cast(program.list([batch * size]), 'int64'),
  ]);
  return program.reshape(dx, inputShape);
}

function sizeOf({ shape }: Handle): number {
  return shape.reduce((product, length) => product * length, 1);
}
