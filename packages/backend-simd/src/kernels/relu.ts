import { Relu, Step, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TfjsKernel } from '../kernel.js';
import { float } from '../memory.js';
import { runStock } from './stock.js';

/** max(x, 0). A ReLU behind a batch normalisation is part of that kernel. */
export const relu: TfjsKernel<{ x: TensorInfo }> = {
  kernelName: Relu,
  kernelFunc(params): TensorInfo {
    const { x } = params.inputs;
    if (x.dtype !== 'float32') return runStock(Relu, params);
    const length = util.sizeFromShape(x.shape);
    const y = params.backend.output(x.shape);
    params.backend.run({ kernel: 'relu', work: 2 * length }, params.backend.pointer(x), y.pointer, length);
    return y.info;
  },
};

/** 1 where x is above 0, `alpha` elsewhere: the gradient of a ReLU. */
export const step: TfjsKernel<{ x: TensorInfo }, { alpha: number }> = {
  kernelName: Step,
  kernelFunc(params): TensorInfo {
    const {
      inputs: { x },
      attrs: { alpha },
      backend,
    } = params;
    if (x.dtype !== 'float32') return runStock(Step, params);
    const length = util.sizeFromShape(x.shape);
    const y = backend.output(x.shape);
    backend.run({ kernel: 'step', work: 2 * length }, backend.pointer(x), y.pointer, length, float(alpha));
    return y.info;
  },
};
