import { windowShape } from '@residual/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import type { SimdKernel } from '../kernel.js';

type Attributes = Parameters<SimdKernel<'residual/averagePool2d'>['kernelFunc']>[0]['attrs'];

/** Average pooling: x is read once, y written once. */
export const averagePool2d: SimdKernel<'residual/averagePool2d'> = {
  kernelName: 'residual/averagePool2d',
  kernelFunc: ({ inputs: { x }, attrs, backend }) => {
    const shape = windowShape(x.shape, attrs.kernelSize, attrs, x.shape[3]);
    return run(backend, { kernel: 'averagePool2d', from: x, shape, attributes: attrs });
  },
};

/** dx is written once. */
export const averagePool2dGradient: SimdKernel<'residual/averagePool2dGradient'> = {
  kernelName: 'residual/averagePool2dGradient',
  kernelFunc: ({ inputs: { dy }, attrs, backend }) =>
    run(backend, { kernel: 'averagePool2dGradient', from: dy, shape: attrs.inputShape, attributes: attrs }),
};

function run(
  backend: SimdBackend,
  call: { kernel: string; from: TensorInfo; shape: number[]; attributes: Attributes },
): TensorInfo {
  const { kernel, from, shape, attributes } = call;
  const { kernelSize, stride, padding, inputShape, countIncludePad } = attributes;
  const [, outputHeight, outputWidth, channels] = windowShape(
    inputShape,
    kernelSize,
    attributes,
    inputShape[3],
  );
  const to = backend.output(shape);
  backend.run(
    { kernel, work: inputShape[0] * outputHeight * outputWidth * channels * kernelSize[0] * kernelSize[1] },
    backend.pointer(from),
    to.pointer,
    ...inputShape,
    ...kernelSize,
    ...stride,
    ...padding,
    outputHeight,
    outputWidth,
    countIncludePad ? 1 : 0,
  );
  return to.info;
}
