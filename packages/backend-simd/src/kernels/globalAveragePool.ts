import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../kernel.js';

type Shape = [number, number, number, number];

/** The mean of each channel of a picture: x is read once. */
export const globalAveragePool: SimdKernel<{ x: TensorInfo }> = {
  kernelName: 'residual/globalAveragePool',
  kernelFunc({ inputs: { x }, backend }): TensorInfo[] {
    const [batch, height, width, channels] = x.shape as Shape;
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
export const globalAveragePoolGradient: SimdKernel<{ dy: TensorInfo }, { inputShape: Shape }> = {
  kernelName: 'residual/globalAveragePoolGradient',
  kernelFunc({ inputs: { dy }, attrs: { inputShape }, backend }): TensorInfo[] {
    const [batch, height, width, channels] = inputShape;
    const dx = backend.output([...inputShape]);
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
