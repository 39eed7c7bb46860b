import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';
import type { Program } from '../program.js';
import { holdsInverse } from './savedVariance.js';

/**
 * What `FusedBatchNormGradV2` adds to the variance. Here only the inverse standard deviation is known, and the sum of
 * variance and epsilon follows from it: any small epsilon gives the same gradient. cuDNN wants at least 1e-5.
 */
const GRADIENT_EPSILON = 1e-5;

/**
 * Batch normalisation for training, with an addition and a ReLU. TensorFlow's kernel moves the running statistics as
 * PyTorch does: `exponential_avg_factor` is the momentum, and the variance of the batch is the unbiased one.
 *
 * V2, because the gradient of V3 needs another tensor of the forward pass, which only half precision has a use for.
 */
export const batchNorm: TensorflowKernel<'residual/batchNorm'> = {
  kernelName: 'residual/batchNorm',
  program({ program, inputs, attrs: { momentum, epsilon, activation } }) {
    const { x, scale, offset, runningMean, runningVariance, addend } = inputs;
    const [normalized, newRunningMean, newRunningVariance, mean, saved] = program.callAll(
      'FusedBatchNormV2',
      [pictures(program, x), scale, offset, runningMean, runningVariance],
      { epsilon: { float: epsilon }, exponential_avg_factor: { float: momentum }, is_training: true },
      5,
    ) as [Handle, Handle, Handle, Handle, Handle];
    const inverse = holdsInverse(program)
      ? saved
      : program.call('Rsqrt', [program.call('AddV2', [saved, program.float(epsilon)])]);
    const y = activated(program, { normalized, x, addend, activation });
    return [y, mean, inverse, newRunningMean, newRunningVariance];
  },
};

/** `residual/batchNormGradient` of `@residual/ops`: dx, dScale, dOffset and, where there was an addend, its gradient. */
export const batchNormGradient: TensorflowKernel<'residual/batchNormGradient'> = {
  kernelName: 'residual/batchNormGradient',
  program({ program, inputs, attrs: { hasAddend } }) {
    const { dy, x, scale, mean, inverseStandardDeviation, y } = inputs;
    const dSum = sumGradient(program, { dy, y, hasAddend });
    const saved = holdsInverse(program)
      ? inverseStandardDeviation
      : varianceOf(program, inverseStandardDeviation);
    const [dx, dScale, dOffset] = program.callAll(
      'FusedBatchNormGradV2',
      [pictures(program, dSum), pictures(program, x), scale, mean, saved],
      { epsilon: { float: GRADIENT_EPSILON }, is_training: true },
      5,
    ) as [Handle, Handle, Handle];
    return [program.reshape(dx, x.shape), dScale, dOffset, ...(hasAddend ? [dSum] : [])];
  },
};

/** Of the epsilon that the gradient's kernel adds again: 1 / inverse^2 - epsilon. */
function varianceOf(program: Program, inverse: Handle): Handle {
  const sum = program.call('Reciprocal', [program.call('Square', [inverse])]);
  return program.call('Sub', [sum, program.float(GRADIENT_EPSILON)]);
}

/** TensorFlow normalises [B, H, W, C] only: other ranks become columns of single values. */
export function pictures(program: Program, x: Handle): Handle {
  const channels = x.shape.at(-1)!;
  const rows = x.shape.slice(0, -1).reduce((product, length) => product * length, 1);
  return x.shape.length === 4 ? x : program.reshape(x, [rows, 1, 1, channels]);
}

/** y = activation(normalised + addend), in the shape of x. */
export function activated(
  program: Program,
  {
    normalized,
    x,
    addend,
    activation,
  }: { normalized: Handle; x: Handle; addend: Handle | undefined; activation: string },
): Handle {
  const shaped = program.reshape(normalized, x.shape);
  const sum = addend === undefined ? shaped : program.call('AddV2', [shaped, addend]);
  return activation === 'relu' ? program.call('Relu', [sum]) : sum;
}

/** dy where the activation let y through. As a tensor of its own where it is also the addend's gradient. */
export function sumGradient(
  program: Program,
  { dy, y, hasAddend }: { dy: Handle; y: Handle | undefined; hasAddend: boolean },
): Handle {
  if (y !== undefined) return program.call('ReluGrad', [dy, y]);
  return hasAddend ? program.call('Identity', [dy]) : dy;
}
