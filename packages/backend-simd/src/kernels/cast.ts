import { Cast, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TfjsKernel } from '../kernel.js';
import { runStock } from './stock.js';

/** From a type to itself, as in a ReLU's gradient: the same values, not even computed where they are deferred. */
export const cast: TfjsKernel<{ x: TensorInfo }, { dtype: DataType }> = {
  kernelName: Cast,
  kernelFunc(params): TensorInfo | TensorInfo[] {
    const {
      inputs: { x },
      attrs: { dtype },
      backend,
    } = params;
    if (x.dtype !== dtype || dtype === 'complex64') return runStock(Cast, params);
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype };
  },
};
