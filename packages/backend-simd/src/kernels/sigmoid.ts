import { Sigmoid, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TfjsKernel } from '../kernel.js';
import { runStock } from './stock.js';

/** 1 / (1 + exp(-x)). */
export const sigmoid: TfjsKernel<{ x: TensorInfo }> = {
  kernelName: Sigmoid,
  kernelFunc(params): TensorInfo {
    const {
      inputs: { x },
      backend,
    } = params;
    if (x.dtype !== 'float32') return runStock(Sigmoid, params);
    const length = util.sizeFromShape(x.shape);
    const y = backend.output(x.shape);
    backend.run({ kernel: 'sigmoid', work: 16 * length }, backend.pointer(x), y.pointer, length);
    return y.info;
  },
};
