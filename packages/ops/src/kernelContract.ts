import type { Tensor } from '@tensorflow/tfjs-core';
import type { AveragePool2dKernels } from './averagePool2d.js';
import type { BatchNormKernels } from './batchNorm.js';
import type { BatchNormInferenceKernels } from './batchNormInference.js';
import type { ChannelSumKernels } from './channelSum.js';
import type { Conv2dKernels } from './conv2d.js';
import type { GlobalAveragePoolKernels } from './globalAveragePool.js';
import type { GradientNormKernels } from './gradientNorm.js';
import type { LinearKernels } from './linear.js';
import type { MaxPool2dKernels } from './maxPool2d.js';
import type { OptimizerKernels } from './optimizerUpdate.js';
import type { PictureKernels } from './pictures.js';
import type { ScaleChannelsKernels } from './scaleChannels.js';
import type { SoftmaxCrossEntropyKernels } from './softmaxCrossEntropy.js';
import type { TargetCrossEntropyKernels } from './targetCrossEntropy.js';

/** All that the operations ask of a backend: each kernel's name with its inputs and attributes, and in words its outputs. */
export interface KernelContract
  extends AveragePool2dKernels,
    BatchNormKernels,
    BatchNormInferenceKernels,
    ChannelSumKernels,
    Conv2dKernels,
    GlobalAveragePoolKernels,
    GradientNormKernels,
    LinearKernels,
    MaxPool2dKernels,
    OptimizerKernels,
    PictureKernels,
    ScaleChannelsKernels,
    SoftmaxCrossEntropyKernels,
    TargetCrossEntropyKernels {}

/** A tensor as tfjs gives it to a kernel: a `TensorInfo` that knows its rank. */
type Info<T> = T extends Tensor ? Pick<T, 'dataId' | 'shape' | 'dtype'> : T;
type Infos<Inputs> = { [Name in keyof Inputs]: Info<Inputs[Name]> };

/**
 * What tfjs calls a kernel of the contract with, beside the backend.
 *
 * @example
 * function kernelFunc({ inputs: { x }, attrs, backend }: KernelParams<'residual/maxPool2d'> & { backend: MyBackend }) {
 *   const [batch, height, width, channels] = x.shape;
 * }
 */
export interface KernelParams<Name extends keyof KernelContract> {
  inputs: Infos<KernelContract[Name]['inputs']>;
  attrs: KernelContract[Name]['attributes'];
}
