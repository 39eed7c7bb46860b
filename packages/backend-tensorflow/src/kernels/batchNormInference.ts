import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';
import { activated, pictures, sumGradient } from './batchNorm.js';

/** Batch normalisation with given statistics, with an addition and a ReLU. */
export const batchNormInference: TensorflowKernel<'residual/batchNormInference'> = {
  kernelName: 'residual/batchNormInference',
  program({ program, inputs, attrs: { epsilon, activation } }) {
    const { x, scale, offset, mean, variance, addend } = inputs;
    const normalized = program.call(
      'FusedBatchNormV2',
      [pictures(program, x), scale, offset, mean, variance],
      { epsilon: { float: epsilon }, is_training: false },
      5,
    );
    return [activated(program, { normalized, x, addend, activation })];
  },
};

/** dx, dScale, dOffset and, where there was an addend, its gradient. */
export const batchNormInferenceGradient: TensorflowKernel<'residual/batchNormInferenceGradient'> = {
  kernelName: 'residual/batchNormInferenceGradient',
  program({ program, inputs, attrs: { epsilon, hasAddend } }) {
    const { dy, x, scale, mean, variance, y } = inputs;
    const dSum = sumGradient(program, { dy, y, hasAddend });
    const [dx, dScale, dOffset] = program.callAll(
      'FusedBatchNormGradV2',
      [pictures(program, dSum), pictures(program, x), scale, mean, variance],
      { epsilon: { float: epsilon }, is_training: false },
      5,
    ) as [Handle, Handle, Handle];
    return [program.reshape(dx, x.shape), dScale, dOffset, ...(hasAddend ? [dSum] : [])];
  },
};
