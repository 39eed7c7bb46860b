import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BlocksError } from '../error.js';
import { init } from '../init.js';
import type { InitializerRule } from '../initializerRules.js';
import { constant, zeros } from '../initializers.js';
import type { Module } from '../module.js';
import { predict } from '../predict.js';
import { dispose, stateDict } from '../stateDict.js';
import { ComposedBasicBlock, ComposedBottleneck } from './composedBlocks.js';
import { EfficientChannelAttention, SqueezeExcitation } from './gates.js';
import { HighwayBlock } from './highwayBlock.js';
import { InceptionBlock } from './inceptionBlock.js';
import { PlainBlock } from './plainBlock.js';
import { PreActivationBlock, PreActivationBottleneck } from './preActivationBlock.js';
import { AveragedProjection, PaddedShortcut } from './shortcuts.js';

type PictureModule = Module<tf.Tensor4D, tf.Tensor4D>;
interface IdentityOptions {
  /** Of the pictures' values. */
  least?: number;
  initializer?: InitializerRule;
}
type Shape = [number, number, number, number];

beforeAll(() => tf.setBackend('cpu'));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

const pictures = (shape: Shape, least = -1) => tf.randomUniform<tf.Rank.R4>(shape, least, 1, 'float32', 5);

/** What the block makes of pictures in both modes, and the shapes of its state. */
function run(block: PictureModule, shape: Shape) {
  init(block, shape, { seed: 0 });
  const state = Object.fromEntries([...stateDict(block)].map(([path, { shape }]) => [path, shape]));
  const x = pictures(shape);
  const predicted = predict(block, x);
  const trained = tf.tidy(() => block.forward(x, 'train'));
  expect(trained.shape).toEqual(predicted.shape);
  const result = { shape: predicted.shape, state };
  tf.dispose([x, predicted, trained]);
  dispose(block);
  return result;
}

/** Whether the block gives back what it is given, to the bit. */
function isIdentity(
  block: PictureModule,
  shape: Shape,
  { least = -1, initializer }: IdentityOptions = {},
): boolean {
  init(block, shape, { seed: 1, initializer });
  const x = pictures(shape, least);
  const y = predict(block, x);
  const [from, to] = [x.dataSync(), y.dataSync()];
  tf.dispose([x, y]);
  dispose(block);
  return from.every((value, i) => Object.is(value, to[i]));
}

describe('PreActivationBlock and PreActivationBottleneck', () => {
  it('normalise what comes in, and project it bare where the shape changes', () => {
    const { shape, state } = run(new PreActivationBlock(8, { stride: 2 }), [2, 7, 6, 4]);
    expect(shape).toEqual([2, 4, 3, 8]);
    expect(state).toMatchObject({ 'bn1.scale': [4], 'bn2.scale': [8], 'shortcut.weight': [1, 1, 4, 8] });
    const deep = run(new PreActivationBottleneck(3, { projection: true }), [2, 5, 4, 6]);
    expect(deep.shape).toEqual([2, 5, 4, 12]);
    expect(deep.state).toMatchObject({ 'bn1.scale': [6], 'bn3.scale': [3], 'conv3.weight': [1, 1, 3, 12] });
  });

  it('are the identity, also of negative values, where the last convolution is zero', () => {
    const initializer: InitializerRule = ({ path }) => (path === 'conv2.weight' ? zeros : undefined);
    expect(isIdentity(new PreActivationBlock(4), [2, 4, 4, 4], { initializer })).toBe(true);
    expect(isIdentity(new PreActivationBlock(4), [2, 4, 4, 4])).toBe(false);
  });
});

describe('PlainBlock', () => {
  it('has the parameters of a basic block without a projection', () => {
    const { shape, state } = run(new PlainBlock(8, { stride: 2 }), [2, 7, 6, 4]);
    expect(shape).toEqual([2, 4, 3, 8]);
    expect(Object.keys(state)).toHaveLength(10);
  });
});

describe('HighwayBlock', () => {
  it('carries its input through to the bit where its gate is shut', () => {
    const initializer: InitializerRule = ({ path }) =>
      path === 'transformGate.bias' ? constant(-200) : undefined;
    expect(isIdentity(new HighwayBlock(4), [2, 4, 4, 4], { initializer })).toBe(true);
    expect(run(new HighwayBlock(4), [2, 4, 4, 4])).toMatchObject({
      shape: [2, 4, 4, 4],
      state: { 'transformGate.bias': [4], 'conv.weight': [3, 3, 4, 4] },
    });
  });
});

describe('ComposedBasicBlock and ComposedBottleneck', () => {
  it('take gates and shortcuts of their own', () => {
    const { shape, state } = run(
      new ComposedBasicBlock(8, {
        stride: 2,
        gate: new SqueezeExcitation(8, { squeezed: 2 }),
        shortcut: new AveragedProjection(8, { stride: 2 }),
      }),
      [2, 7, 6, 4],
    );
    expect(shape).toEqual([2, 4, 3, 8]);
    expect(state).toMatchObject({
      'gate.fc1.weight': [8, 2],
      'gate.fc2.bias': [8],
      'shortcut.projection.conv.weight': [1, 1, 4, 8],
    });
    const wide = run(
      new ComposedBottleneck(4, { groups: 2, baseWidth: 32, gate: new EfficientChannelAttention(16) }),
      [2, 5, 4, 16],
    );
    expect(wide.shape).toEqual([2, 5, 4, 16]);
    expect(wide.state).toMatchObject({ 'gate.weight': [3, 1, 1], 'conv2.weight': [3, 3, 2, 4] });
  });

  it('start as the identity of what a ReLU gives when their last scale is zero', () => {
    const gate = () => new SqueezeExcitation(4);
    const gated = new ComposedBasicBlock(4, { lastScale: zeros, gate: gate() });
    expect(isIdentity(gated, [1, 3, 3, 4], { least: 0 })).toBe(true);
    expect(isIdentity(new ComposedBottleneck(1, { lastScale: zeros }), [1, 3, 3, 4], { least: 0 })).toBe(
      true,
    );
  });

  it('say how to change the shape', () => {
    expect(() => init(new ComposedBasicBlock(8), [1, 5, 5, 4], { seed: 0 })).toThrow(
      /Pass a shortcut that changes the shape/,
    );
  });
});

describe('gates', () => {
  it.each([
    [64, 8],
    [512, 32],
    [2048, 128],
  ])("SqueezeExcitation(%i) squeezes to timm's %i", (channels, squeezed) => {
    expect(new SqueezeExcitation(channels).fc1.channels).toBe(squeezed);
  });

  it.each([
    [64, 3],
    [256, 5],
    [512, 5],
    [1024, 5],
    [2048, 7],
  ])("EfficientChannelAttention(%i) sees timm's %i channels", (channels, size) => {
    expect(new EfficientChannelAttention(channels).size).toBe(size);
  });
});

describe('PaddedShortcut', () => {
  it('takes every second pixel, and has zeros for new channels', () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const y = predict(new PaddedShortcut(3, { stride: 2 }), x);
    expect(y.shape).toEqual([1, 2, 2, 3]);
    expect([...y.dataSync()]).toEqual([1, 0, 0, 3, 0, 0, 7, 0, 0, 9, 0, 0]);
    tf.dispose([x, y]);
  });

  it('refuses to drop channels', () => {
    expect(() => tf.tidy(() => new PaddedShortcut(1, { stride: 1 }).forward(tf.zeros([1, 2, 2, 3])))).toThrow(
      BlocksError,
    );
  });
});

describe('InceptionBlock', () => {
  it('puts four branches side by side', () => {
    const widths = { branch1: 2, branch2: [3, 4], branch3: [1, 5], branch4: 6 } as const;
    const { shape, state } = run(new InceptionBlock(widths), [2, 5, 4, 3]);
    expect(shape).toEqual([2, 5, 4, 17]);
    expect(state).toMatchObject({
      'branch2.1.conv.weight': [3, 3, 3, 4],
      'branch3.1.conv.weight': [5, 5, 1, 5],
      'branch4.1.bn.scale': [6],
    });
  });
});
