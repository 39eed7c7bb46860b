import type { SimdKernel } from '../kernel.js';
import { multiply } from '../matrix/multiply.js';

/** `residual/linear` of `@residual/ops`: y [B, Cout]. */
export const linear: SimdKernel<'residual/linear'> = {
  kernelName: 'residual/linear',
  kernelFunc({ inputs: { x, weight, bias }, backend }) {
    const [rows, channels] = x.shape;
    const columns = weight.shape[1];
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
