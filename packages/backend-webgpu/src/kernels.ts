import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import * as variants from '#variants';
import { batchNorm } from './batchNorm/batchNorm.js';
import { batchNormInference, batchNormInferenceGradient } from './batchNorm/batchNormInference.js';
import { channelSum } from './batchNorm/channelSum.js';
import { batchNormGradient } from './batchNorm/gradient.js';
import { add } from './convolution/add.js';
import { conv2d, conv2dFilterGradient, conv2dInputGradient } from './convolution/conv2d.js';
import { linear } from './convolution/linear.js';
import { tfjsConv2d, tfjsConv2dFilterGradient, tfjsConv2dInputGradient } from './convolution/tfjsConv2d.js';
import {
  correctCount,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
} from './head/softmaxCrossEntropy.js';
import { classTargets, targetCrossEntropy } from './head/targetCrossEntropy.js';
import { gradientNorm } from './optimizer/gradientNorm.js';
import { optimizerUpdate } from './optimizer/optimizerUpdate.js';
import { pictureToFloat, resizeBilinear } from './pictures/pictures.js';
import { globalAveragePool, globalAveragePoolGradient } from './pooling/globalAveragePool.js';
import { maxPool2d, maxPool2dGradient } from './pooling/maxPool2d.js';
import { keepStock } from './stock.js';

const kernels = [
  batchNorm,
  batchNormGradient,
  batchNormInference,
  batchNormInferenceGradient,
  channelSum,
  add,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  linear,
  tfjsConv2d,
  tfjsConv2dFilterGradient,
  tfjsConv2dInputGradient,
  correctCount,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  classTargets,
  targetCrossEntropy,
  gradientNorm,
  optimizerUpdate,
  pictureToFloat,
  resizeBilinear,
  globalAveragePool,
  globalAveragePoolGradient,
  maxPool2d,
  maxPool2dGradient,
  ...Object.values(variants),
];

/** Registers this package's kernels for 'webgpu', in place of TensorFlow.js's own where both have one. */
export function registerKernels(): void {
  for (const { kernelName, kernelFunc } of kernels) {
    keepStock(kernelName);
    // A second registration under the same name would print a warning.
    if (getKernel(kernelName, 'webgpu') !== undefined) unregisterKernel(kernelName, 'webgpu');
    registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: kernelFunc as unknown as KernelFunc });
  }
}
