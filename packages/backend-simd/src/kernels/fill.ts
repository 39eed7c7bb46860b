import { Fill, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TfjsKernel } from '../kernel.js';
import { float } from '../memory.js';

interface Attributes {
  shape: number[];
  value: number | string;
  dtype?: 'float32' | 'int32' | 'bool' | 'string';
}

/** `tf.fill`: a tensor with one value everywhere. */
export const fill: TfjsKernel<Record<string, never>, Attributes> = {
  kernelName: Fill,
  kernelFunc({ attrs: { shape, value, dtype }, backend }): TensorInfo {
    const type = dtype ?? util.inferDtype(value);
    if (type === 'float32') {
      const { info, pointer } = backend.output(shape);
      const length = util.sizeFromShape(shape);
      backend.run({ kernel: 'fill', work: length }, pointer, length, float(Number(value)));
      return info;
    }
    const values = util.getArrayFromDType(type, util.sizeFromShape(shape));
    values.fill(value as never);
    return backend.makeTensorInfo(shape, type, values as never);
  },
};
