import { initCnn, initHe, ResNeXtBlock } from '@residual/blocks';
import type { BlockType } from '../blockType.js';
import { imageNetStages, type ModelFactory } from '../factories.js';
import { Head } from '../head.js';
import { ResNet } from '../resNet.js';
import { cifarStem, imageNetStem } from '../stem.js';
import { inceptionBlock } from './blockTypes.js';
import { cifarStages, type ResNetFactory } from './residual.js';
import { StagedNetwork } from './stagedNetwork.js';
import { initVgg, vggStages } from './vgg.js';

/** The chapter's ResNeXt block, groups of 16 channels. Source: Dive into Deep Learning 1.0.3, section 8.6.5. */
const chapterResNeXtBlock: BlockType = {
  expansion: 1,
  create: ({ channels, stride, projection }) =>
    new ResNeXtBlock(channels, {
      groupWidth: 16,
      bottleneckMultiplier: 1,
      use1x1conv: projection,
      strides: stride,
    }),
};

/** The chapter's ResNet-18 with its ResNeXt block in place of each residual one: the same stem, stages and initial weights. */
export const d2lResNeXt18: ResNetFactory = ({ numClasses = 10 } = {}) =>
  new ResNet({
    stem: imageNetStem(64, { bias: true }),
    architecture: imageNetStages([2, 2, 2, 2]),
    block: chapterResNeXtBlock,
    numClasses,
    initializer: initCnn,
  });

/**
 * The stem, the head and the nine blocks of `cifarResNet(20)`, but Inception ones, as wide as takes the same multiplications: of 28x28
 * pictures within 1 %.
 */
export const cifarInception: ResNetFactory = ({ numClasses = 10 } = {}) =>
  new ResNet({
    stem: cifarStem(16),
    architecture: cifarStages(3, 41 / 16),
    block: inceptionBlock,
    numClasses,
    initializer: initHe,
  });

/** Three stages of VGG, as wide as takes the multiplications of `cifarResNet(20)`: of 28x28 pictures within 1 %. */
export const cifarVgg: ModelFactory<StagedNetwork> = ({ numClasses = 10 } = {}) =>
  new StagedNetwork({
    stages: vggStages([
      [2, 30],
      [2, 60],
      [3, 115],
    ]),
    head: new Head(numClasses),
    initializer: initVgg,
  });
