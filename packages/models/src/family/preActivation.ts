import { Conv2d, initResNet, MaxPool2d } from '@residual/blocks';
import type { BlockType } from '../blockType.js';
import { type Depth, imageNetStages } from '../factories.js';
import { ResNet } from '../resNet.js';
import { preActivationBlock, preActivationBottleneck } from './blockTypes.js';
import { NormalizedHead } from './heads.js';
import { cifarStages, DEPTHS, type ResNetFactory } from './residual.js';
import { BareStem } from './stems.js';

function imageNet(depth: Depth, block: BlockType): ResNetFactory {
  return ({ numClasses = 1000 } = {}) =>
    new ResNet({
      stem: new BareStem({
        conv: new Conv2d(64, 7, { stride: 2, padding: 3, bias: false }),
        pool: new MaxPool2d(3, { stride: 2, padding: 1 }),
      }),
      architecture: imageNetStages(depth),
      block,
      head: new NormalizedHead(numClasses),
      initializer: initResNet,
    });
}

// Source: He et al., "Identity Mappings in Deep Residual Networks" (arXiv 1603.05027); timm 1.0.31, `resnetv2_18`...
export const resnetv2_18 = imageNet(DEPTHS[18], preActivationBlock);
export const resnetv2_50 = imageNet(DEPTHS[50], preActivationBottleneck);
export const resnetv2_101 = imageNet(DEPTHS[101], preActivationBottleneck);

function cifar(blocks: number, width: number): ResNetFactory {
  return ({ numClasses = 10 } = {}) =>
    new ResNet({
      stem: new BareStem({ conv: new Conv2d(16, 3, { padding: 1, bias: false }) }),
      architecture: cifarStages(blocks, width),
      block: preActivationBlock,
      head: new NormalizedHead(numClasses),
      initializer: initResNet,
    });
}

/** 6n + 2 layers, pre-activation, for small pictures. Source: He et al. (arXiv 1603.05027), table 3: 110 layers. */
export const cifarResNetV2 = (depth: number): ResNetFactory => cifar((depth - 2) / 6, 1);

/**
 * 6n + 4 layers, `width` times as wide, without dropout: WRN-16-4, WRN-28-10.
 *
 * Source: Zagoruyko & Komodakis, "Wide Residual Networks" (arXiv 1605.07146), table 1.
 */
export const wideResNet = (depth: number, width: number): ResNetFactory => cifar((depth - 4) / 6, width);
