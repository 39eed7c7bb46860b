import {
  type Initializer,
  type InitializerRule,
  initHe,
  initResNet,
  xavierUniform,
  zeros,
} from '@residual/blocks';
import type { BlockType } from '../blockType.js';
import { type Depth, imageNetStages, type ModelFactory } from '../factories.js';
import { type Architecture, ResNet } from '../resNet.js';
import { cifarStem, imageNetStem, type Stem } from '../stem.js';
import {
  averagedShortcut,
  channelAttention,
  composedBasicBlock,
  composedBottleneck,
  paddedShortcut,
  plainBlock,
  squeezeExcitation,
} from './blockTypes.js';
import { DeepStem } from './stems.js';

/** One of this family's networks that is a `ResNet`. */
export type ResNetFactory = ModelFactory<ResNet>;

export const DEPTHS = {
  18: [2, 2, 2, 2],
  26: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
} as const satisfies Record<number, Depth>;

/** Three stages of equally many blocks, of 16, 32 and 64 channels times `width`: the networks of the papers for CIFAR. */
export const cifarStages = (blocks: number, width = 1): Architecture => [
  [blocks, 16 * width],
  [blocks, 32 * width],
  [blocks, 64 * width],
];

/** 6n + 2 layers: a convolution, 3 stages of n blocks of two, a linear layer. Source: He et al. (arXiv 1512.03385), section 4.2. */
function cifar(depth: number, block: BlockType): ResNetFactory {
  return ({ numClasses = 10 } = {}) =>
    new ResNet({
      stem: cifarStem(16),
      architecture: cifarStages((depth - 2) / 6),
      block,
      numClasses,
      initializer: initHe,
    });
}

const paddedBlock = composedBasicBlock({ shortcut: paddedShortcut });

/** The residual network for small pictures of 20, 32, 44, 56 or 110 layers, with shortcuts without parameters. */
export const cifarResNet = (depth: number): ResNetFactory => cifar(depth, paddedBlock);
/** Its plain twin: the same layers, the same number of parameters, no shortcuts. */
export const cifarPlain = (depth: number): ResNetFactory => cifar(depth, plainBlock);

interface ImageNetOptions {
  stem: () => Stem | DeepStem;
  block: BlockType;
  initializer: InitializerRule;
}

function imageNet(depth: Depth, { stem, block, initializer }: ImageNetOptions): ResNetFactory {
  return ({ numClasses = 1000 } = {}) =>
    new ResNet({ stem: stem(), architecture: imageNetStages(depth), block, numClasses, initializer });
}

/** Xavier-uniform weights, biases of zero. Source: He et al., "Bag of Tricks" (arXiv 1812.01187), section 2.1. */
const initBagOfTricks: InitializerRule = ({ role }): Initializer | undefined =>
  role === 'weight' ? xavierUniform : role === 'bias' ? zeros : undefined;

const deep = { stem: () => new DeepStem(), initializer: initBagOfTricks };
// Each block starts as the identity: "zero gamma", section 3.1.
const averaged = { shortcut: averagedShortcut, lastScale: zeros };

// ResNet-C and ResNet-D. Source: He et al. (arXiv 1812.01187), figure 2 b and c; timm 1.0.31, `resnet50c`, `resnet18d`...
export const resnet50c = imageNet(DEPTHS[50], { ...deep, block: composedBottleneck({ lastScale: zeros }) });
export const resnet18d = imageNet(DEPTHS[18], { ...deep, block: composedBasicBlock(averaged) });
export const resnet34d = imageNet(DEPTHS[34], { ...deep, block: composedBasicBlock(averaged) });
export const resnet50d = imageNet(DEPTHS[50], { ...deep, block: composedBottleneck(averaged) });
export const resnet101d = imageNet(DEPTHS[101], { ...deep, block: composedBottleneck(averaged) });
export const resnet152d = imageNet(DEPTHS[152], { ...deep, block: composedBottleneck(averaged) });

const classic = { stem: () => imageNetStem(64, { bias: false }), initializer: initResNet };
const squeezed = { gate: squeezeExcitation };
const cardinal = { groups: 32, baseWidth: 4 };

// Source: Hu et al., "Squeeze-and-Excitation Networks" (arXiv 1709.01507); timm 1.0.31.
export const seresnet18 = imageNet(DEPTHS[18], { ...classic, block: composedBasicBlock(squeezed) });
export const seresnet50 = imageNet(DEPTHS[50], { ...classic, block: composedBottleneck(squeezed) });
export const seresnext50_32x4d = imageNet(DEPTHS[50], {
  ...classic,
  block: composedBottleneck({ ...squeezed, ...cardinal }),
});

const averagedCardinal = composedBottleneck({ ...squeezed, ...cardinal, shortcut: averagedShortcut });
/** Deep stem, averaging shortcuts, squeeze-and-excitation. Source: timm 1.0.31. */
export const seresnext26d_32x4d = imageNet(DEPTHS[26], {
  ...deep,
  initializer: initResNet,
  block: averagedCardinal,
});
/** The same with the tiered stem. Source: timm 1.0.31. */
export const seresnext26t_32x4d = imageNet(DEPTHS[26], {
  stem: () => new DeepStem([24, 32, 64]),
  initializer: initResNet,
  block: averagedCardinal,
});

// Source: Wang et al., "ECA-Net" (arXiv 1910.03151); timm 1.0.31.
export const ecaresnet50d = imageNet(DEPTHS[50], {
  ...deep,
  initializer: initResNet,
  block: composedBottleneck({ gate: channelAttention, shortcut: averagedShortcut }),
});
