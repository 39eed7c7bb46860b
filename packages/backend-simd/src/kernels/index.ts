import { addN } from './addN.js';
import { batchNorm } from './batchNorm.js';
import { batchNormGradient } from './batchNormGradient.js';
import { batchNormInference } from './batchNormInference.js';
import { batchNormInferenceGradient } from './batchNormInferenceGradient.js';
import { add, multiply, subtract } from './binary.js';
import { channelSum } from './channelSum.js';
import { fill } from './fill.js';
import { globalAveragePool, globalAveragePoolGradient } from './globalAveragePool.js';
import { gradientNorm } from './gradientNorm.js';
import { maxPool2d, maxPool2dGradient } from './maxPool2d.js';
import { pictureToFloat, resizeBilinear } from './pictures.js';
import { relu, step } from './relu.js';
import { sgdUpdate } from './sgdUpdate.js';
import { correctCount, softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmaxCrossEntropy.js';

/** Every kernel of this package, to be registered for 'simd'. */
export const kernels = [
  add,
  addN,
  batchNorm,
  batchNormGradient,
  batchNormInference,
  batchNormInferenceGradient,
  channelSum,
  correctCount,
  fill,
  globalAveragePool,
  globalAveragePoolGradient,
  gradientNorm,
  maxPool2d,
  maxPool2dGradient,
  multiply,
  pictureToFloat,
  relu,
  resizeBilinear,
  sgdUpdate,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  step,
  subtract,
];
