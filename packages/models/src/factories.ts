import { initCnn, initResNet, type Module, zeros } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import { type BlockType, basicBlock, bottleneck, chapterBlock } from './blockType.js';
import { type Architecture, ResNet } from './resNet.js';
import { cifarStem, imageNetStem } from './stem.js';

/** What all factories take. The number of input channels is that of the first input. */
export interface ModelOptions {
  numClasses?: number;
}

/** Makes a network, pictures in and logits out. One of your own may take more options. */
export type ModelFactory<M extends Module<tf.Tensor4D, tf.Tensor2D> = Module<tf.Tensor4D, tf.Tensor2D>> = (
  options?: ModelOptions,
) => M;

type ResNetFactory = ModelFactory<ResNet>;

/** Blocks in each stage of an ImageNet network. */
export type Depth = readonly [number, number, number, number];

/** The stages of an ImageNet network of this depth. */
export const imageNetStages = ([first, second, third, fourth]: Depth): Architecture => [
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
export const d2lResNet18: ResNetFactory = (options) => d2lResNet(imageNetStages([2, 2, 2, 2]), options);

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
export const resnet18: ResNetFactory = (options) => torchvisionResNet([2, 2, 2, 2], basicBlock(), options);
export const resnet34: ResNetFactory = (options) => torchvisionResNet([3, 4, 6, 3], basicBlock(), options);
export const resnet50: ResNetFactory = (options) => torchvisionResNet([3, 4, 6, 3], bottleneck(), options);
export const resnet101: ResNetFactory = (options) => torchvisionResNet([3, 4, 23, 3], bottleneck(), options);
export const resnet152: ResNetFactory = (options) => torchvisionResNet([3, 8, 36, 3], bottleneck(), options);

// Source: Xie et al. (arXiv 1611.05431), table 1: cardinality x width of a group in the first stage.
export const resnext50_32x4d: ResNetFactory = (options) =>
  torchvisionResNet([3, 4, 6, 3], bottleneck({ groups: 32, baseWidth: 4 }), options);
export const resnext101_32x8d: ResNetFactory = (options) =>
  torchvisionResNet([3, 4, 23, 3], bottleneck({ groups: 32, baseWidth: 8 }), options);
export const resnext101_64x4d: ResNetFactory = (options) =>
  torchvisionResNet([3, 4, 23, 3], bottleneck({ groups: 64, baseWidth: 4 }), options);

// Source: Zagoruyko & Komodakis (arXiv 1605.07146): twice the width inside the bottleneck.
export const wide_resnet50_2: ResNetFactory = (options) =>
  torchvisionResNet([3, 4, 6, 3], bottleneck({ baseWidth: 128 }), options);
export const wide_resnet101_2: ResNetFactory = (options) =>
  torchvisionResNet([3, 4, 23, 3], bottleneck({ baseWidth: 128 }), options);

/**
 * The ResNet-20 for small pictures: 272,186 parameters for 1 channel and 10 classes (its default).
 *
 * Source: He et al. (arXiv 1512.03385), section 4.2, with projection shortcuts; each block starts as the identity
 * (Goyal et al., arXiv 1706.02677, section 5.1).
 */
export const resnet20: ResNetFactory = ({ numClasses = 10 } = {}) =>
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

/** A network as a row of data, under the name that a command line knows it by. */
export interface ModelRow {
  name: string;
  /** Of a network that `defineModel` added; those of this package have none. */
  version?: number;
  /** One line for a list. */
  summary: string;
  create: ModelFactory;
  /** [H, W, C] of the pictures it was designed for. */
  inputShape: readonly [height: number, width: number, channels: number];
  /** Default. */
  numClasses: number;
}

/** A row of this package. */
export interface ModelDescription<M extends Module<tf.Tensor4D, tf.Tensor2D> = ResNet> extends ModelRow {
  create: ModelFactory<M>;
  /** Trained numbers, for that input and that many classes. */
  parameters: number;
}

type Row = Pick<ModelDescription, 'summary' | 'create' | 'parameters'>;

const imageNet = (row: Row): Omit<ModelDescription, 'name'> => ({
  ...row,
  inputShape: [224, 224, 3],
  numClasses: 1000,
});

const rows = {
  'd2l-resnet18': {
    summary: "The chapter's ResNet-18, for 96x96 Fashion-MNIST",
    create: d2lResNet18,
    inputShape: [96, 96, 1],
    numClasses: 10,
    parameters: 11_178_378,
  },
  resnet20: {
    summary: 'ResNet-20 for small pictures such as 28x28 Fashion-MNIST',
    create: resnet20,
    inputShape: [28, 28, 1],
    numClasses: 10,
    parameters: 272_186,
  },
  resnet18: imageNet({ summary: 'ResNet-18', create: resnet18, parameters: 11_689_512 }),
  resnet34: imageNet({ summary: 'ResNet-34', create: resnet34, parameters: 21_797_672 }),
  resnet50: imageNet({ summary: 'ResNet-50', create: resnet50, parameters: 25_557_032 }),
  resnet101: imageNet({ summary: 'ResNet-101', create: resnet101, parameters: 44_549_160 }),
  resnet152: imageNet({ summary: 'ResNet-152', create: resnet152, parameters: 60_192_808 }),
  'resnext50-32x4d': imageNet({
    summary: 'ResNeXt-50, 32 groups of 4',
    create: resnext50_32x4d,
    parameters: 25_028_904,
  }),
  'resnext101-32x8d': imageNet({
    summary: 'ResNeXt-101, 32 groups of 8',
    create: resnext101_32x8d,
    parameters: 88_791_336,
  }),
  'resnext101-64x4d': imageNet({
    summary: 'ResNeXt-101, 64 groups of 4',
    create: resnext101_64x4d,
    parameters: 83_455_272,
  }),
  'wide-resnet50-2': imageNet({
    summary: 'Wide ResNet-50, twice as wide inside its blocks',
    create: wide_resnet50_2,
    parameters: 68_883_240,
  }),
  'wide-resnet101-2': imageNet({
    summary: 'Wide ResNet-101, twice as wide inside its blocks',
    create: wide_resnet101_2,
    parameters: 126_886_696,
  }),
} satisfies Record<string, Omit<ModelDescription, 'name'>>;

export type ModelName = keyof typeof rows;

/** The networks of this package by name. The ImageNet ones are torchvision's, number for number. */
export const models = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, { name, ...row }]),
) as Record<ModelName, ModelDescription>;

/** Whether a name, such as one typed at a command line, is in {@link models}. */
export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(models, name);
}
