import type { TensorflowKernel } from '../kernel.js';

/** `residual/linear` of `@residual/ops`: y = x weight + bias, [B, Cout]. */
export const linear: TensorflowKernel<'residual/linear'> = {
  kernelName: 'residual/linear',
  program({ program, inputs: { x, weight, bias } }) {
    const y = program.call('MatMul', [x, weight]);
    return [bias === undefined ? y : program.call('BiasAdd', [y, bias])];
  },
};

/** `residual/channelSum` of `@residual/ops`: the sum over all axes but the last, [C]. */
export const channelSum: TensorflowKernel<'residual/channelSum'> = {
  kernelName: 'residual/channelSum',
  program({ program, inputs: { x } }) {
    // TensorFlow takes no gradient of a bias without an axis before the channels'.
    if (x.shape.length < 2) return [program.call('Identity', [x])];
    return [program.call('BiasAddGrad', [x])];
  },
};
