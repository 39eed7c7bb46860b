import { AddN, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TfjsKernel } from '../kernel.js';
import { runStock } from './stock.js';

/** The sum of tensors of one shape: each is read once. */
export const addN: TfjsKernel<TensorInfo[]> = {
  kernelName: AddN,
  kernelFunc(params): TensorInfo {
    const { inputs, backend } = params;
    const tensors = Object.values(inputs);
    if (tensors.some(({ dtype }) => dtype !== 'float32')) return runStock(AddN, params);
    const { shape } = tensors[0]!;
    const length = util.sizeFromShape(shape);
    const y = backend.output(shape);
    backend.run(
      { kernel: 'addN', work: tensors.length * length },
      y.pointer,
      length,
      tensors.length,
      ...tensors.map((tensor) => backend.pointer(tensor)),
    );
    return y.info;
  },
};
