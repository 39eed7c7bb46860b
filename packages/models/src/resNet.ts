import { type InitializerRule, type Mode, Module, Sequential } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import type { BlockType } from './blockType.js';
import { Head } from './head.js';

type Stage = readonly [blocks: number, channels: number];

/** One row a stage: how many blocks, and their channels. Each stage after the first halves the picture. */
export type Architecture = readonly [Stage, ...Stage[]];

interface TrunkOptions {
  /** Pictures in, `channels` out. */
  stem: Module<tf.Tensor4D, tf.Tensor4D> & { readonly channels: number };
  architecture: Architecture;
  block: BlockType;
  /** How the network's parameters start. Default: as each layer says. */
  initializer?: InitializerRule;
}

interface HeadOptions {
  /** The last stage's features [B, h, w, C] in, logits [B, K] out. */
  head: Module<tf.Tensor4D, tf.Tensor2D>;
}

/** Of a trunk, and of its head or of the classes of the usual one. */
export type ResNetOptions = TrunkOptions &
  ((HeadOptions & { numClasses?: never }) | { numClasses: number; head?: never });

/**
 * A residual network from data: stem, stages of blocks, head. ResNeXt and wide ResNets are other rows of the same.
 *
 * Paths: `stem.conv.weight`, `stages.0.1.bn2.scale`, `head.linear.bias`...
 * Source: He et al., "Deep Residual Learning for Image Recognition" (arXiv 1512.03385), table 1.
 *
 * @example
 * const model = new ResNet({
 *   stem: cifarStem(16),
 *   architecture: [[3, 16], [3, 32], [3, 64]],
 *   block: basicBlock(),
 *   numClasses: 10,
 * });
 */
export class ResNet extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'ResNet';
  override readonly initializerRule: InitializerRule | undefined;
  readonly stem: TrunkOptions['stem'];
  readonly stages: readonly Sequential<tf.Tensor4D>[];
  /**
   * May be changed: for a trained trunk under a new head, free the old one with `dispose(model.head)`, set another, and
   * `init` the model again, which starts the new parts alone.
   */
  head: HeadOptions['head'];

  constructor({ stem, architecture, block, head, numClasses, initializer }: ResNetOptions) {
    super();
    this.initializerRule = initializer;
    this.stem = stem;
    this.stages = stagesOf(architecture, block, stem.channels);
    this.head = head ?? new Head(numClasses);
  }

  /** @param x [B, H, W, C]; returns the head's logits [B, K] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor2D {
    const features = this.stages.reduce((y, stage) => stage.forward(y, mode), this.stem.forward(x, mode));
    return this.head.forward(features, mode);
  }
}

function stagesOf(
  architecture: Architecture,
  { create, expansion }: BlockType,
  stemChannels: number,
): Sequential<tf.Tensor4D>[] {
  let inputChannels = stemChannels;
  return architecture.map(([blocks, channels], stage) => {
    const layers = Array.from({ length: blocks }, (_, place) => {
      const stride = stage > 0 && place === 0 ? 2 : 1;
      const projection = stride !== 1 || inputChannels !== channels * expansion;
      inputChannels = channels * expansion;
      return create({ channels, stride, projection });
    });
    return new Sequential<tf.Tensor4D>(...layers);
  });
}
