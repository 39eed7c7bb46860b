import {
  ConvBatchNormReLU,
  type InitializerRule,
  kaimingNormal,
  MaxPool2d,
  normalOf,
  Sequential,
  zeros,
} from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import type { ModelFactory } from '../factories.js';
import type { Architecture } from '../resNet.js';
import { VggHead } from './heads.js';
import { StagedNetwork } from './stagedNetwork.js';

/** VGG's stages from data: in each row so many 3x3 convolutions of so many channels, with batch normalisation, then 2x2 max-pooling. */
export function vggStages(architecture: Architecture): Sequential<tf.Tensor4D>[] {
  return architecture.map(([count, channels]) => {
    const units = Array.from({ length: count }, () => new ConvBatchNormReLU(channels, 3, { padding: 1 }));
    return new Sequential<tf.Tensor4D>(...units, new MaxPool2d(2));
  });
}

const filters = kaimingNormal({ mode: 'fanOut' });
const small = normalOf(0.01);

/** Source: torchvision 0.29.2, `VGG`: Kaiming-normal filters, N(0, 0.01^2) in the linear layers, biases of zero. */
export const initVgg: InitializerRule = ({ role, path }) => {
  if (role === 'bias') return zeros;
  if (role !== 'weight') return undefined;
  return path.startsWith('head.') ? small : filters;
};

function vgg(architecture: Architecture): ModelFactory<StagedNetwork> {
  return ({ numClasses = 1000 } = {}) =>
    new StagedNetwork({
      stages: vggStages(architecture),
      head: new VggHead(numClasses),
      initializer: initVgg,
    });
}

// Source: Simonyan & Zisserman (arXiv 1409.1556), table 1, columns A and D; torchvision 0.29.2, `vgg11_bn`, `vgg16_bn`.
export const vgg11_bn = vgg([
  [1, 64],
  [1, 128],
  [2, 256],
  [2, 512],
  [2, 512],
]);
export const vgg16_bn = vgg([
  [2, 64],
  [2, 128],
  [3, 256],
  [3, 512],
  [3, 512],
]);
