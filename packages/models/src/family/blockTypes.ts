import {
  AveragedProjection,
  ComposedBasicBlock,
  ComposedBottleneck,
  ConvReLU,
  EfficientChannelAttention,
  HighwayBlock,
  InceptionBlock,
  type Initializer,
  MaxPool2d,
  PaddedShortcut,
  PlainBlock,
  PreActivationBlock,
  PreActivationBottleneck,
  Projection,
  Sequential,
  SqueezeExcitation,
} from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import type { BlockType } from '../blockType.js';

/** `basicBlock()` without its shortcuts. Source: He et al. (arXiv 1512.03385), section 3.3. */
export const plainBlock: BlockType = {
  expansion: 1,
  create: ({ channels, stride }) => new PlainBlock(channels, { stride }),
};

/** Pre-activation, two 3x3 convolutions. Source: He et al. (arXiv 1603.05027). */
export const preActivationBlock: BlockType = {
  expansion: 1,
  create: ({ channels, ...place }) => new PreActivationBlock(channels, place),
};

/** Pre-activation, 1x1, 3x3, 1x1. Source: He et al. (arXiv 1603.05027). */
export const preActivationBottleneck: BlockType = {
  expansion: PreActivationBottleneck.expansion,
  create: ({ channels, ...place }) => new PreActivationBottleneck(channels, place),
};

/** Makes a module for the channels of a block's output and its stride. */
type ShortcutType = (
  channels: number,
  options: { stride: number },
) => Projection | AveragedProjection | PaddedShortcut;
type GateType = (channels: number) => SqueezeExcitation | EfficientChannelAttention;

export interface ComposedBlockTypeOptions {
  /** Where the shape changes. Default: 1x1 convolution and batch normalisation. */
  shortcut?: ShortcutType;
  /** What each channel of the branch is multiplied by. Default: nothing. */
  gate?: GateType;
  lastScale?: Initializer;
}

/** Option A: every second pixel, zeros for the new channels. */
export const paddedShortcut: ShortcutType = (channels, options) => new PaddedShortcut(channels, options);
/** ResNet-D's. */
export const averagedShortcut: ShortcutType = (channels, options) =>
  new AveragedProjection(channels, options);
/** Squeeze-and-excitation. */
export const squeezeExcitation: GateType = (channels) => new SqueezeExcitation(channels);
/** ECA. */
export const channelAttention: GateType = (channels) => new EfficientChannelAttention(channels);

const projectionShortcut: ShortcutType = (channels, { stride }) =>
  new Projection(channels, { stride, bias: false });

/** Two 3x3 convolutions with a shortcut and a gate of one's own. */
export function composedBasicBlock({
  shortcut = projectionShortcut,
  gate,
  lastScale,
}: ComposedBlockTypeOptions = {}): BlockType {
  return {
    expansion: 1,
    create: ({ channels, stride, projection }) =>
      new ComposedBasicBlock(channels, {
        stride,
        lastScale,
        shortcut: projection ? shortcut(channels, { stride }) : undefined,
        gate: gate?.(channels),
      }),
  };
}

/** 1x1, grouped 3x3, 1x1 with a shortcut and a gate of one's own. */
export function composedBottleneck({
  shortcut = projectionShortcut,
  gate,
  ...options
}: ComposedBlockTypeOptions & { groups?: number; baseWidth?: number } = {}): BlockType {
  const { expansion } = ComposedBottleneck;
  return {
    expansion,
    create: ({ channels, stride, projection }) =>
      new ComposedBottleneck(channels, {
        ...options,
        stride,
        shortcut: projection ? shortcut(expansion * channels, { stride }) : undefined,
        gate: gate?.(expansion * channels),
      }),
  };
}

/**
 * A highway layer; where the shape changes, a plain 3x3 convolution with ReLU, since a gate mixes what has one shape.
 *
 * Source: Srivastava et al. (arXiv 1507.06228), sections 2 and 2.1.
 */
export const highwayBlock: BlockType = {
  expansion: 1,
  create: ({ channels, stride, projection }) =>
    projection ? new ConvReLU(channels, 3, { padding: 1, stride }) : new HighwayBlock(channels),
};

/**
 * An Inception block in the proportions of GoogLeNet's first, behind a 3x3 max-pooling where the picture is halved.
 *
 * Source: Dive into Deep Learning 1.0.3, section 8.4: 64, (96, 128), (16, 32) and 32 of 256 channels.
 */
export const inceptionBlock: BlockType = {
  expansion: 1,
  create: ({ channels, stride }) => {
    const of = (share: number) => Math.max(1, Math.round(channels * share));
    const [branch1, wide3, wide5] = [of(1 / 4), of(1 / 2), of(1 / 8)];
    const block = new InceptionBlock(
      {
        branch1,
        branch2: [of(3 / 8), wide3],
        branch3: [of(1 / 16), wide5],
        branch4: channels - branch1 - wide3 - wide5,
      },
      { bias: true },
    );
    if (stride === 1) return block;
    return new Sequential<tf.Tensor4D>(new MaxPool2d(3, { stride, padding: 1 }), block);
  },
};
