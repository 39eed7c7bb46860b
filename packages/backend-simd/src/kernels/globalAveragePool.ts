import type { SimdKernel } from '../kernel.js';

/** The mean of each channel of a picture: x is read once. */
export const globalAveragePool: SimdKernel<'residual/globalAveragePool'> = {
  kernelName: 'residual/globalAveragePool',
  kernelFunc({ inputs: { x }, backend }) {
    const [batch, height, width, channels] = x.shape;
    const y = backend.output([batch, channels]);
    backend.run(
      { kernel: 'globalAveragePool', work: batch * height * width * channels },
      backend.pointer(x),
      y.pointer,
      batch,
      height * width,
      channels,
    );
    return [y.info];
  },
};

/** dx is written once. */
export const globalAveragePoolGradient: SimdKernel<'residual/globalAveragePoolGradient'> = {
  kernelName: 'residual/globalAveragePoolGradient',
  kernelFunc({ inputs: { dy }, attrs: { inputShape }, backend }) {
    const [batch, height, width, channels] = inputShape;
    const dx = backend.output(inputShape);
    backend.run(
      { kernel: 'globalAveragePoolGradient', work: batch * height * width * channels },
      backend.pointer(dy),
      dx.pointer,
      batch,
      height * width,
      channels,
    );
    return [dx.info];
  },
};
