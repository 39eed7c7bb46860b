import { COEFFICIENT_BITS, type ResizeCoefficients, resizeCoefficients } from '@residual/resample';
import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';
import type { Program } from '../program.js';

/**
 * Pillow's bilinear resize as two matrix products, along the width and then down the height. In double precision, which
 * holds the sums of whole numbers exactly; few of TensorFlow's int32 operations run on a GPU.
 */
export const resizeBilinear: TensorflowKernel<'residual/resizeBilinear'> = {
  kernelName: 'residual/resizeBilinear',
  program({ program, inputs: { x }, attrs: { size } }) {
    const [batch, height, width, channels] = x.shape;
    const [newHeight, newWidth] = size;
    const exact = program.cast(x, 'float64');
    const rows = program.reshape(exact, [batch * height, width, channels]);
    const along = resized(program, rows, resizeCoefficients(width, newWidth), newWidth);
    const columns = program.reshape(along, [batch, height, newWidth * channels]);
    const down = resized(program, columns, resizeCoefficients(height, newHeight), newHeight);
    const y = program.reshape(down, [batch, newHeight, newWidth, channels]);
    return [program.cast(y, 'int32')];
  },
};

/** x [N, from, M], whole numbers: each column as `to` weighted sums, rounded to a level from 0 to 255. */
function resized(
  program: Program,
  x: Handle,
  { taps, first, coefficients }: ResizeCoefficients,
  to: number,
): Handle {
  const from = x.shape[1]!;
  if (from === to) return x;
  const matrix = new Int32Array(to * from);
  for (let i = 0; i < to; i++) {
    for (let tap = 0; tap < taps; tap++) {
      const column = Math.min(first[i]! + tap, from - 1);
      matrix[i * from + column]! += coefficients[i * taps + tap]!;
    }
  }
  const double = (value: number) => program.cast(program.integer(value), 'float64');
  const weights = program.cast(program.integers([1, to, from], matrix), 'float64');
  const sum = program.call('BatchMatMulV2', [weights, x]);
  const half = program.call('AddV2', [sum, double(2 ** (COEFFICIENT_BITS - 1))]);
  const level = program.call('Floor', [program.call('RealDiv', [half, double(2 ** COEFFICIENT_BITS)])]);
  return program.call('Minimum', [program.call('Maximum', [level, double(0)]), double(255)]);
}

/** (x / 255 - mean) / standardDeviation of each channel. */
export const pictureToFloat: TensorflowKernel<'residual/pictureToFloat'> = {
  kernelName: 'residual/pictureToFloat',
  program({ program, inputs: { x }, attrs: { mean, standardDeviation } }) {
    const share = program.call('RealDiv', [program.cast(x, 'float32'), program.float(255)]);
    const isPlain = mean.every((value) => value === 0) && standardDeviation.every((value) => value === 1);
    if (isPlain) return [share];
    const centered = program.call('Sub', [share, program.floats([mean.length], mean)]);
    return [program.call('RealDiv', [centered, program.floats([mean.length], standardDeviation)])];
  },
};
