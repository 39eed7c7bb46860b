import { addN } from './addN.js';
import { batchMatMul } from './batchMatMul.js';
import { batchNorm } from './batchNorm.js';
import { batchNormGradient } from './batchNormGradient.js';
import { batchNormInference } from './batchNormInference.js';
import { batchNormInferenceGradient } from './batchNormInferenceGradient.js';
import { add, multiply, subtract } from './binary.js';
import { channelSum } from './channelSum.js';
import { conv2d, conv2dFilterGradient, conv2dInputGradient } from './conv2d.js';
import { fill } from './fill.js';
import { fusedMatMul } from './fusedMatMul.js';
import { globalAveragePool, globalAveragePoolGradient } from './globalAveragePool.js';
import { gradientNorm } from './gradientNorm.js';
import { linear } from './linear.js';
import { maxPool2d, maxPool2dGradient } from './maxPool2d.js';
import { pictureToFloat, resizeBilinear } from './pictures.js';
import { relu, step } from './relu.js';
import { sgdUpdate } from './sgdUpdate.js';
import { correctCount, softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmaxCrossEntropy.js';
import { tfjsConv2d, tfjsConv2dFilterGradient, tfjsConv2dInputGradient } from './tfjsConv2d.js';

/** Every kernel of this package, to be registered for 'simd'. */
export const kernels = [
  add,
  addN,
  batchMatMul,
  batchNorm,
  batchNormGradient,
  batchNormInference,
  batchNormInferenceGradient,
  channelSum,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  correctCount,
  fill,
  fusedMatMul,
  globalAveragePool,
  globalAveragePoolGradient,
  gradientNorm,
  linear,
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
  tfjsConv2d,
  tfjsConv2dFilterGradient,
  tfjsConv2dInputGradient,
];
