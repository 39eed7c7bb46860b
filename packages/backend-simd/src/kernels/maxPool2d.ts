import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../kernel.js';

interface Attributes {
  kernelSize: [number, number];
  stride: [number, number];
  padding: [number, number];
}

type Shape = [number, number, number, number];

/** Max-pooling: x is read once, the maxima and their positions written once. */
export const maxPool2d: SimdKernel<{ x: TensorInfo }, Attributes> = {
  kernelName: 'residual/maxPool2d',
  kernelFunc({ inputs: { x }, attrs: { kernelSize, stride, padding }, backend }): TensorInfo[] {
    const [batch, height, width, channels] = x.shape as Shape;
    const outputHeight = Math.floor((height + 2 * padding[0] - kernelSize[0]) / stride[0]) + 1;
    const outputWidth = Math.floor((width + 2 * padding[1] - kernelSize[1]) / stride[1]) + 1;
    const shape = [batch, outputHeight, outputWidth, channels];
    const y = backend.output(shape);
    const argmax = backend.output(shape, 'int32');
    const outputs = batch * outputHeight * outputWidth * channels;
    backend.run(
      { kernel: 'maxPool2d', work: 2 * outputs * kernelSize[0] * kernelSize[1] },
      backend.pointer(x),
      y.pointer,
      argmax.pointer,
      batch,
      height,
      width,
      channels,
      ...kernelSize,
      ...stride,
      ...padding,
      outputHeight,
      outputWidth,
    );
    return [y.info, argmax.info];
  },
};

/** dx is written once, dy and argmax read once; what meets at one position is added in the order of the outputs. */
export const maxPool2dGradient: SimdKernel<{ dy: TensorInfo; argmax: TensorInfo }, { inputShape: Shape }> = {
  kernelName: 'residual/maxPool2dGradient',
  kernelFunc({ inputs: { dy, argmax }, attrs: { inputShape }, backend }): TensorInfo[] {
    const [batch, height, width, channels] = inputShape;
    const [, outputHeight, outputWidth] = dy.shape as Shape;
    const dx = backend.output([...inputShape]);
    backend.run(
      { kernel: 'maxPool2dGradient', work: batch * height * width * channels },
      backend.pointer(dy),
      backend.pointer(argmax),
      dx.pointer,
      batch,
      height * width,
      outputHeight * outputWidth,
      channels,
    );
    return [dx.info];
  },
};
