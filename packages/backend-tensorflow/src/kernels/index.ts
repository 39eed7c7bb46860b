import { batchNorm, batchNormGradient } from './batchNorm.js';
import { batchNormInference, batchNormInferenceGradient } from './batchNormInference.js';
import { conv2d, conv2dFilterGradient, conv2dInputGradient } from './conv2d.js';
import { globalAveragePool, globalAveragePoolGradient } from './globalAveragePool.js';
import { channelSum, linear } from './linear.js';
import { maxPool2d, maxPool2dGradient } from './maxPool2d.js';
import { pictureToFloat, resizeBilinear } from './pictures.js';
import { gradientNorm, sgdUpdate } from './sgdUpdate.js';
import { correctCount, softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmaxCrossEntropy.js';

/** Every kernel of this package, to be registered for 'tensorflow'. */
export const kernels = [
  batchNorm,
  batchNormGradient,
  batchNormInference,
  batchNormInferenceGradient,
  channelSum,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  correctCount,
  globalAveragePool,
  globalAveragePoolGradient,
  gradientNorm,
  linear,
  maxPool2d,
  maxPool2dGradient,
  pictureToFloat,
  resizeBilinear,
  sgdUpdate,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
];
