import { type KernelContract, referenceOps } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { ConformanceError } from './error.js';
import type { Context } from './options.js';

/** A record, so that the compiler misses the kernel that is not tested. */
const kernels: Record<keyof KernelContract, true> = {
  'residual/conv2d': true,
  'residual/conv2dInputGradient': true,
  'residual/conv2dFilterGradient': true,
  'residual/channelSum': true,
  'residual/linear': true,
  'residual/batchNorm': true,
  'residual/batchNormGradient': true,
  'residual/batchNormInference': true,
  'residual/batchNormInferenceGradient': true,
  'residual/maxPool2d': true,
  'residual/maxPool2dGradient': true,
  'residual/averagePool2d': true,
  'residual/averagePool2dGradient': true,
  'residual/globalAveragePool': true,
  'residual/globalAveragePoolGradient': true,
  'residual/scaleChannels': true,
  'residual/scaleChannelsGradient': true,
  'residual/softmaxCrossEntropy': true,
  'residual/softmaxCrossEntropyGradient': true,
  'residual/classTargets': true,
  'residual/targetCrossEntropy': true,
  'residual/correctCount': true,
  'residual/resizeBilinear': true,
  'residual/pictureToFloat': true,
  'residual/gradientNorm': true,
  'residual/optimizerUpdate': true,
};

/** Every kernel that a training run of Residual may call: what a fast backend registers. */
export const kernelNames = Object.keys(kernels) as (keyof KernelContract)[];

/** Whether the active backend brings its own kernel of this name (and not the operation's reference). */
export function hasOwnKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined && !referenceOps().includes(name);
}

/** Throws unless the backend under test is the active one: `tf.setBackend` may fail without an error. */
export function assertBackend({ backend }: Context): void {
  if (tf.getBackend() === backend) return;
  throw new ConformanceError('BACKEND', {
    where: 'conformance',
    expected: `the active backend to be ${backend}`,
    received: tf.getBackend(),
    fix: `Check that \`await tf.setBackend('${backend}')\` gives true before the cases run.`,
  });
}

/** Throws unless the active backend has its own kernel for every operation. */
export function assertOwnKernels(): void {
  const missing = kernelNames.filter((name) => !hasOwnKernel(name));
  if (missing.length === 0) return;
  throw new ConformanceError('REFERENCE', {
    where: tf.getBackend(),
    expected: `a kernel for each of ${kernelNames.length} operations`,
    received: `none for ${missing.join(', ')}`,
    fix: 'Register one with tf.registerKernel, or test without requireKernels.',
  });
}
