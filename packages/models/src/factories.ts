import { initCnn, initResNet, zeros } from '@residual/blocks';
import { type BlockType, basicBlock, bottleneck, chapterBlock } from './blockType.js';
import { type Architecture, ResNet } from './resNet.js';
import { cifarStem, imageNetStem } from './stem.js';

/** What all factories take. The number of input channels is that of the first input. */
export interface ModelOptions {
  numClasses?: number;
}

export type ModelFactory = (options?: ModelOptions) => ResNet;

/** Blocks in each stage of an ImageNet network. */
type Depth = [number, number, number, number];

const imageNetStages = ([first, second, third, fourth]: Depth): Architecture => [
  [first, 64],
  [second, 128],
  [third, 256],
  [fourth, 512],
];

/** A network in the chapter's manner: convolutions with biases, bare 1x1 shortcuts, Xavier-uniform weights. Default: 10 classes. */
export function d2lResNet(architecture: Architecture, { numClasses = 10 }: ModelOptions = {}): ResNet {
  const stemChannels = architecture[0][1];
  return new ResNet({
    stem: imageNetStem(stemChannels, { bias: true }),
    architecture,
    block: chapterBlock,
    numClasses,
    initializer: initCnn,
  });
}

/** The chapter's ResNet-18: 11,178,378 parameters for 1 channel and 10 classes. Source: Dive into Deep Learning 1.0.3, section 8.6.4. */
export const d2lResNet18: ModelFactory = (options) => d2lResNet(imageNetStages([2, 2, 2, 2]), options);

/** A network in torchvision's manner: no biases before batch normalisation, Kaiming-normal convolutions. Default: 1000 classes. */
function torchvisionResNet(depth: Depth, block: BlockType, { numClasses = 1000 }: ModelOptions = {}): ResNet {
  return new ResNet({
    stem: imageNetStem(64, { bias: false }),
    architecture: imageNetStages(depth),
    block,
    numClasses,
    initializer: initResNet,
  });
}

// Source: He et al. (arXiv 1512.03385), table 1.
export const resnet18: ModelFactory = (options) => torchvisionResNet([2, 2, 2, 2], basicBlock(), options);
export const resnet34: ModelFactory = (options) => torchvisionResNet([3, 4, 6, 3], basicBlock(), options);
export const resnet50: ModelFactory = (options) => torchvisionResNet([3, 4, 6, 3], bottleneck(), options);
export const resnet101: ModelFactory = (options) => torchvisionResNet([3, 4, 23, 3], bottleneck(), options);
export const resnet152: ModelFactory = (options) => torchvisionResNet([3, 8, 36, 3], bottleneck(), options);

// Source: Xie et al. (arXiv 1611.05431), table 1: cardinality x width of a group in the first stage.
export const resnext50_32x4d: ModelFactory = (options) =>
  torchvisionResNet([3, 4, 6, 3], bottleneck({ groups: 32, baseWidth: 4 }), options);
export const resnext101_32x8d: ModelFactory = (options) =>
  torchvisionResNet([3, 4, 23, 3], bottleneck({ groups: 32, baseWidth: 8 }), options);
export const resnext101_64x4d: ModelFactory = (options) =>
  torchvisionResNet([3, 4, 23, 3], bottleneck({ groups: 64, baseWidth: 4 }), options);

// Source: Zagoruyko & Komodakis (arXiv 1605.07146): twice the width inside the bottleneck.
export const wide_resnet50_2: ModelFactory = (options) =>
  torchvisionResNet([3, 4, 6, 3], bottleneck({ baseWidth: 128 }), options);
export const wide_resnet101_2: ModelFactory = (options) =>
  torchvisionResNet([3, 4, 23, 3], bottleneck({ baseWidth: 128 }), options);

/**
 * The ResNet-20 for small pictures: 272,186 parameters for 1 channel and 10 classes (its default).
 *
 * Source: He et al. (arXiv 1512.03385), section 4.2, with projection shortcuts; each block starts as the identity
 * (Goyal et al., arXiv 1706.02677, section 5.1).
 */
export const resnet20: ModelFactory = ({ numClasses = 10 } = {}) =>
  new ResNet({
    stem: cifarStem(16),
    architecture: [
      [3, 16],
      [3, 32],
      [3, 64],
    ],
    block: basicBlock({ lastScale: zeros }),
    numClasses,
    initializer: initResNet,
  });
