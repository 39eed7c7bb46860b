import { Add, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TfjsKernel } from '../kernel.js';
import { runStock } from '../stock.js';

/**
 * `tf.add`. Where paths of a network join, tfjs's backward pass adds their gradients: one that is not computed yet is computed in one
 * pass with the sum. Everything else is TensorFlow.js's own kernel's.
 */
export const add: TfjsKernel<{ a: TensorInfo; b: TensorInfo }> = {
  kernelName: Add,
  kernelFunc(params) {
    const { inputs, backend } = params;
    const { a, b } = inputs;
    const areAlike = a.dtype === 'float32' && b.dtype === 'float32' && util.arraysEqual(a.shape, b.shape);
    const [part, other] = backend.deferred(b) === undefined ? [a, b] : [b, a];
    const compute = backend.deferred(part);
    if (compute === undefined || !areAlike || part.dataId === other.dataId) return runStock(Add, params);
    const sum = backend.output(a.shape);
    compute(sum, other);
    return sum;
  },
};
