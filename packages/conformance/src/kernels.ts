import { referenceOps } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { ConformanceError } from './error.js';
import type { Context } from './options.js';

/** Every kernel that a training run of Residual may call: what a fast backend registers. */
export const kernelNames = [
  'residual/conv2d',
  'residual/conv2dInputGradient',
  'residual/conv2dFilterGradient',
  'residual/channelSum',
  'residual/linear',
  'residual/batchNorm',
  'residual/batchNormGradient',
  'residual/batchNormInference',
  'residual/batchNormInferenceGradient',
  'residual/maxPool2d',
  'residual/maxPool2dGradient',
  'residual/globalAveragePool',
  'residual/globalAveragePoolGradient',
  'residual/softmaxCrossEntropy',
  'residual/softmaxCrossEntropyGradient',
  'residual/correctCount',
  'residual/resizeBilinear',
  'residual/pictureToFloat',
  'residual/gradientNorm',
  'residual/sgdUpdate',
] as const;

/** Whether the active backend brings its own kernel of this name (and not the operation's reference). */
export function hasOwnKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined && !referenceOps().includes(name);
}

/** Throws unless the backend under test is the active one: `tf.setBackend` may fail without an error. */
export function assertBackend({ backend }: Context): void {
  if (tf.getBackend() === backend) return;
  throw new ConformanceError(
    'BACKEND',
    `conformance: expected the active backend to be ${backend}, received ${tf.getBackend()}. ` +
      `Check that \`await tf.setBackend('${backend}')\` gives true before the cases run.`,
  );
}

/** Throws unless the active backend has its own kernel for every operation. */
export function assertOwnKernels(): void {
  const missing = kernelNames.filter((name) => !hasOwnKernel(name));
  if (missing.length === 0) return;
  throw new ConformanceError(
    'REFERENCE',
    `${tf.getBackend()}: expected a kernel for each of ${kernelNames.length} operations, received none for ${missing.join(', ')}. ` +
      'Register one with tf.registerKernel, or test without requireKernels.',
  );
}
