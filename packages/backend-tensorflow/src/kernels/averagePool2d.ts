import { averagedWindows } from '@residual/ops';
import type { Handle } from '../addon.js';
import type { ProgramParams, TensorflowKernel } from '../kernel.js';
import type { Program } from '../program.js';
import { bordersOf, padded, validWindows } from './windows.js';

type Attributes = ProgramParams<'residual/averagePool2d'>['attrs'];

/** `residual/averagePool2d` of `@residual/ops`: TensorFlow's pooling of a bordered picture, times what of a window counts. */
export const averagePool2d: TensorflowKernel<'residual/averagePool2d'> = {
  kernelName: 'residual/averagePool2d',
  program({ program, inputs: { x }, attrs }) {
    const bordered = padded(program, x, bordersOf(attrs.inputShape, attrs));
    return [weighted(program, program.call('AvgPool', [bordered], windowsOf(attrs)), attrs)];
  },
};

/** `residual/averagePool2dGradient` of `@residual/ops`: dx [B, H, W, C]. */
export const averagePool2dGradient: TensorflowKernel<'residual/averagePool2dGradient'> = {
  kernelName: 'residual/averagePool2dGradient',
  program({ program, inputs: { dy }, attrs }) {
    const [batch, height, width, channels] = attrs.inputShape;
    const [[top, bottom], [left, right]] = bordersOf(attrs.inputShape, attrs);
    const shape = program.list([batch, top + height + bottom, left + width + right, channels]);
    const dx = program.call('AvgPoolGrad', [shape, weighted(program, dy, attrs)], windowsOf(attrs));
    if (top + bottom + left + right === 0) return [dx];
    return [program.call('Slice', [dx, program.list([0, top, left, 0]), program.list(attrs.inputShape)])];
  },
};

function windowsOf(attributes: Attributes) {
  return { ...validWindows(attributes), ksize: [1, ...attributes.kernelSize, 1] };
}

/** Each window's value times the positions of a window over those that count. */
function weighted(program: Program, values: Handle, attributes: Attributes): Handle {
  const [kh, kw] = attributes.kernelSize;
  const [rows, columns] = averagedWindows(attributes);
  const weights = rows.flatMap((row) => columns.map((column) => (kh * kw) / (row.count * column.count)));
  if (weights.every((weight) => weight === 1)) return values;
  return program.call('Mul', [values, program.floats([1, rows.length, columns.length, 1], weights)]);
}
