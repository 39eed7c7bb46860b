import { BasicBlock, Bottleneck, type Initializer, type Module, Residual } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';

/** What a network asks of one of its blocks. */
export interface BlockPlace {
  /** As in the row of the architecture; the block's output has `expansion` times as many. */
  channels: number;
  /** 2 where a stage halves the picture. */
  stride: number;
  /** Whether the block changes the shape, so that its shortcut must, too. */
  projection: boolean;
}

/** A kind of block that a network can be built from. */
export interface BlockType {
  /** Channels of the output for each channel of the row. */
  expansion: number;
  create(place: BlockPlace): Module<tf.Tensor4D, tf.Tensor4D>;
}

/** The chapter's `Residual`. */
export const chapterBlock: BlockType = {
  expansion: 1,
  create: ({ channels, stride, projection }) =>
    new Residual(channels, { use1x1conv: projection, strides: stride }),
};

/** Two 3x3 convolutions. */
export function basicBlock(options: { lastScale?: Initializer } = {}): BlockType {
  return {
    expansion: 1,
    create: ({ channels, ...place }) => new BasicBlock(channels, { ...place, ...options }),
  };
}

/** 1x1, 3x3, 1x1; `groups` and `baseWidth` make it ResNeXt's or a wide ResNet's. */
export function bottleneck(
  options: { groups?: number; baseWidth?: number; lastScale?: Initializer } = {},
): BlockType {
  return {
    expansion: Bottleneck.expansion,
    create: ({ channels, ...place }) => new Bottleneck(channels, { ...place, ...options }),
  };
}
