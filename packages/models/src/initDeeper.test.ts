import '@tensorflow/tfjs-backend-cpu';
import { Conv2d, type Mode, Module } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type BlockType, basicBlock, bottleneck, chapterBlock } from './blockType.js';
import { dispose, init, parameters, predict, stateDict } from './index.js';
import { initDeeper } from './initDeeper.js';
import { type Architecture, ResNet } from './resNet.js';
import { cifarStem } from './stem.js';

beforeAll(() => tf.setBackend('cpu'));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

const SHAPE = [2, 4, 4, 1] as const;
const network = (block: BlockType, architecture: Architecture) =>
  new ResNet({ stem: cifarStem(4), architecture, block, numClasses: 3 });
const shallowOf = (block: BlockType) =>
  init(network(block, [[1, 4], [1, 8]]), [...SHAPE], { seed: 1 }); // biome-ignore format: an architecture

const logitsOf = (model: ResNet) =>
  tf.tidy(() => predict(model, tf.randomUniform([...SHAPE], 0, 1, 'float32', 7) as tf.Tensor4D).dataSync());

it.each([
  ['of two convolutions', basicBlock()],
  ['of three', bottleneck()],
  ["of the chapter's", chapterBlock],
])(
  'starts a deeper network of blocks %s as the shallower one, to the bit, and trains on from there',
  async (_, block) => {
    const shallow = shallowOf(block);
    const deep = await initDeeper(network(block, [[3, 4], [2, 8]]), shallow, [...SHAPE], { seed: 2 }); // biome-ignore format: an architecture
    expect(stateDict(deep).size).toBeGreaterThan(stateDict(shallow).size);
    expect(logitsOf(deep)).toEqual(logitsOf(shallow));
    tf.tidy(() => {
      const x = tf.randomUniform([...SHAPE], 0, 1, 'float32', 3) as tf.Tensor4D;
      const { grads } = tf.variableGrads(() => tf.sum(tf.square(deep.forward(x, 'train'))), parameters(deep));
      const last = `stages.0.2.bn${block.expansion > 1 ? 3 : 2}.scale`;
      const gradient = grads[stateDict(deep).get(last)!.name]!;
      expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0);
    });
    dispose(shallow);
    dispose(deep);
  },
);

/** A convolution, and nothing that carries its input past it. */
class Plain extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'Plain';
  readonly conv: Conv2d;
  constructor(channels: number, stride: number) {
    super();
    this.conv = new Conv2d(channels, 3, { padding: 1, stride });
  }
  forward(x: tf.Tensor4D, _mode: Mode): tf.Tensor4D {
    return this.conv.forward(x);
  }
}

it('refuses blocks that have no shortcut, more stages, and other networks', async () => {
  const plain: BlockType = { expansion: 1, create: ({ channels, stride }) => new Plain(channels, stride) };
  const [a, b] = [shallowOf(plain), shallowOf(basicBlock())];
  const deep = network(plain, [[2, 4], [1, 8]]); // biome-ignore format: an architecture
  await expect(initDeeper(deep, a, [...SHAPE], { seed: 0 })).rejects.toThrow(
    /expected new blocks that are the identity where .* received others: stages\.0\.1\./,
  );
  const wider = network(basicBlock(), [[2, 4], [1, 16]]); // biome-ignore format: an architecture
  await expect(initDeeper(wider, b, [...SHAPE], { seed: 0 })).rejects.toMatchObject({ code: 'DEEPER' });
  for (const model of [a, b, deep, wider]) dispose(model);
});
