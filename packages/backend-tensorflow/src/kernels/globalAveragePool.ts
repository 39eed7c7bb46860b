import type { TensorflowKernel } from '../kernel.js';

/** The mean of each channel: [B, H, W, C] to [B, C]. */
export const globalAveragePool: TensorflowKernel<'residual/globalAveragePool'> = {
  kernelName: 'residual/globalAveragePool',
  program: ({ program, inputs: { x } }) => [program.call('Mean', [x, program.list([1, 2])])],
};

export const globalAveragePoolGradient: TensorflowKernel<'residual/globalAveragePoolGradient'> = {
  kernelName: 'residual/globalAveragePoolGradient',
  program({ program, inputs: { dy }, attrs: { inputShape } }) {
    const [batch, height, width, channels] = inputShape;
    const share = program.call('RealDiv', [dy, program.float(height * width)]);
    const column = program.reshape(share, [batch, 1, 1, channels]);
    return [program.call('BroadcastTo', [column, program.list(inputShape)])];
  },
};
