import { COEFFICIENT_BITS, resizeCoefficients } from '@residual/resample';
import { util } from '@tensorflow/tfjs-core';
import type { WebgpuKernel } from '../kernel.js';
import eachElement from '../main/eachElement.wgsl';
import resize from '../pictures/resize.wgsl';
import toFloat from '../pictures/toFloat.wgsl';
import type { Shader } from '../shader.js';

const floatShader = {
  name: 'pictureToFloat',
  code: [toFloat, eachElement],
  inputs: { x: 'i32', table: 'f32' },
  outputs: { y: 'f32' },
  parameters: { size: 'u32', channels: 'u32' },
} satisfies Shader;

const resizeShader = {
  name: 'resizeBilinear',
  code: [resize, eachElement],
  inputs: { x: 'i32', rowTable: 'i32', columnTable: 'i32' },
  outputs: { y: 'i32' },
  parameters: {
    ...{ size: 'u32', height: 'u32', width: 'u32', rows: 'u32', columns: 'u32', channels: 'u32' },
    ...{ rowTaps: 'u32', columnTaps: 'u32' },
  },
} satisfies Shader;

export const pictureToFloat: WebgpuKernel<'residual/pictureToFloat'> = {
  kernelName: 'residual/pictureToFloat',
  kernelFunc({ inputs: { x }, attrs: { mean, standardDeviation }, backend }) {
    const y = backend.output(x.shape);
    const size = util.sizeFromShape(x.shape);
    const table = backend.constant(Float32Array.from([...mean, ...standardDeviation]));
    backend.dispatch(floatShader, {
      tensors: { x, table, y },
      parameters: { size, channels: mean.length },
      workgroups: Math.ceil(size / 256),
    });
    return y;
  },
};

export const resizeBilinear: WebgpuKernel<'residual/resizeBilinear'> = {
  kernelName: 'residual/resizeBilinear',
  kernelFunc({ inputs: { x }, attrs, backend }) {
    const [pictures, height, width, channels] = x.shape;
    const [rows, columns] = attrs.size;
    const y = backend.output([pictures, rows, columns, channels], 'int32');
    const size = util.sizeFromShape(y.shape);
    const [vertical, horizontal] = [axisTable(height, rows), axisTable(width, columns)];
    backend.dispatch(resizeShader, {
      tensors: {
        x,
        rowTable: backend.constant(vertical.table),
        columnTable: backend.constant(horizontal.table),
        y,
      },
      parameters: {
        ...{ size, height, width, rows, columns, channels },
        ...{ rowTaps: vertical.taps, columnTaps: horizontal.taps },
      },
      constants: { COEFFICIENT_BITS },
      workgroups: Math.ceil(size / 256),
    });
    return y;
  },
};

/** No taps where the axis stays as it is. */
function axisTable(from: number, to: number): { taps: number; table: Int32Array } {
  if (from === to) return { taps: 0, table: new Int32Array(1) };
  const { taps, first, coefficients } = resizeCoefficients(from, to);
  return { taps, table: Int32Array.from([...first, ...coefficients]) };
}
