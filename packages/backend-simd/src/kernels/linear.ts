import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../kernel.js';
import { multiply } from '../matrix/multiply.js';

interface Inputs {
  /** [B, Cin] */
  x: TensorInfo;
  /** [Cin, Cout] */
  weight: TensorInfo;
  /** [Cout] */
  bias?: TensorInfo;
}

/** `residual/linear` of `@residual/ops`: y [B, Cout]. */
export const linear: SimdKernel<Inputs, Record<string, never>> = {
  kernelName: 'residual/linear',
  kernelFunc({ inputs: { x, weight, bias }, backend }) {
    const [rows, channels] = x.shape as [number, number];
    const columns = weight.shape[1]!;
    const { info, pointer } = backend.output([rows, columns]);
    multiply(backend, {
      a: { pointer: backend.pointer(x), transposed: false },
      b: { pointer: backend.pointer(weight), transposed: false },
      ...{ pointer, rows, columns, depth: channels },
      bias: bias === undefined ? 0 : backend.pointer(bias),
    });
    return [info];
  },
};
