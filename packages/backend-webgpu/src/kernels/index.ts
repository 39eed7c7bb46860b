import { add } from './add.js';
import { batchNorm } from './batchNorm.js';
import { batchNormGradient } from './batchNormGradient.js';
import { batchNormInference, batchNormInferenceGradient } from './batchNormInference.js';
import { channelSum } from './channelSum.js';
import { conv2d, conv2dFilterGradient, conv2dInputGradient } from './conv2d.js';
import { globalAveragePool, globalAveragePoolGradient } from './globalAveragePool.js';
import { gradientNorm } from './gradientNorm.js';
import { linear } from './linear.js';
import { maxPool2d, maxPool2dGradient } from './maxPool2d.js';
import { pictureToFloat, resizeBilinear } from './pictures.js';
import { sgdUpdate } from './sgdUpdate.js';
import { correctCount, softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmaxCrossEntropy.js';
import { tfjsConv2d, tfjsConv2dFilterGradient, tfjsConv2dInputGradient } from './tfjsConv2d.js';

/** Every kernel of this package, to be registered for 'webgpu'. */
export const kernels = [
  add,
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
  tfjsConv2d,
  tfjsConv2dFilterGradient,
  tfjsConv2dInputGradient,
];
