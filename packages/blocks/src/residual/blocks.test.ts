import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { init } from '../init.js';
import { zeros } from '../initializers.js';
import type { Module } from '../module.js';
import { predict } from '../predict.js';
import { dispose, parameters, stateDict } from '../stateDict.js';
import { BasicBlock } from './basicBlock.js';
import { Bottleneck } from './bottleneck.js';
import { Residual } from './residual.js';
import { ResNeXtBlock } from './resNeXtBlock.js';

type PictureModule = Module<tf.Tensor4D, tf.Tensor4D>;

beforeAll(() => tf.setBackend('cpu'));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

/** What the block makes of ones, and the shapes of its state. */
function run(block: PictureModule, shape: [number, number, number, number]) {
  init(block, shape, { seed: 0 });
  const state = Object.fromEntries([...stateDict(block)].map(([path, { shape }]) => [path, shape]));
  const x = tf.ones(shape) as tf.Tensor4D;
  const predicted = predict(block, x);
  const trained = tf.tidy(() => block.forward(x, 'train'));
  const result = { predicted: predicted.shape, trained: trained.shape, state };
  tf.dispose([x, predicted, trained]);
  dispose(block);
  return result;
}

describe('Residual', () => {
  it("has the chapter's shapes", () => {
    expect(run(new Residual(3), [4, 6, 6, 3])).toMatchObject({
      predicted: [4, 6, 6, 3],
      trained: [4, 6, 6, 3],
    });
    expect(run(new Residual(6, { use1x1conv: true, strides: 2 }), [4, 6, 6, 3]).predicted).toEqual([
      4, 3, 3, 6,
    ]);
  });

  it('has biases and a bare 1x1 convolution on the shortcut', () => {
    const { state } = run(new Residual(6, { use1x1conv: true, strides: 2 }), [1, 6, 6, 3]);
    expect(Object.entries(state)).toEqual([
      ['conv1.weight', [3, 3, 3, 6]],
      ['conv1.bias', [6]],
      ...['scale', 'offset', 'runningMean', 'runningVariance'].map((name) => [`bn1.${name}`, [6]]),
      ['conv2.weight', [3, 3, 6, 6]],
      ['conv2.bias', [6]],
      ...['scale', 'offset', 'runningMean', 'runningVariance'].map((name) => [`bn2.${name}`, [6]]),
      ['shortcut.weight', [1, 1, 3, 6]],
      ['shortcut.bias', [6]],
    ]);
  });

  it('says how to change the shape', () => {
    expect(() => init(new Residual(6), [1, 6, 6, 3], { seed: 0 })).toThrow(
      "A residual block's shortcut: expected shape [1,6,6,6], that of its branch, received [1,6,6,3]. " +
        'Pass use1x1conv: true to a block that changes the shape.',
    );
  });
});

describe('ResNeXtBlock', () => {
  it('has 2 groups of 16 where d2l says ResNeXtBlock(32, 16, 1)', () => {
    const { state, predicted } = run(
      new ResNeXtBlock(32, { groupWidth: 16, bottleneckMultiplier: 1 }),
      [2, 6, 5, 32],
    );
    expect(predicted).toEqual([2, 6, 5, 32]);
    expect(state).toMatchObject({ 'conv2.weight': [3, 3, 16, 32], 'conv1.bias': [32] });
  });

  it('normalises its shortcut', () => {
    const block = new ResNeXtBlock(8, {
      groupWidth: 2,
      bottleneckMultiplier: 0.5,
      use1x1conv: true,
      strides: 2,
    });
    const { state, predicted } = run(block, [1, 8, 6, 4]);
    expect(predicted).toEqual([1, 4, 3, 8]);
    expect(state).toMatchObject({
      'conv2.weight': [3, 3, 2, 4],
      'shortcut.conv.bias': [8],
      'shortcut.bn.scale': [8],
    });
  });

  it('says what a group width is', () => {
    expect(() => new ResNeXtBlock(32, { groupWidth: 5, bottleneckMultiplier: 1 })).toThrow(
      /expected a divisor of .* 32 channels, received 5.*not the number of groups/,
    );
  });
});

describe('BasicBlock and Bottleneck', () => {
  it('have no biases, and a projection where the stride asks for one', () => {
    const { state, predicted } = run(new BasicBlock(8, { stride: 2 }), [1, 7, 6, 4]);
    expect(predicted).toEqual([1, 4, 3, 8]);
    expect(state).toMatchObject({ 'shortcut.conv.weight': [1, 1, 4, 8], 'shortcut.bn.offset': [8] });
    expect(Object.keys(state).filter((path) => path.endsWith('.bias'))).toEqual([]);
  });

  it('widen the 3x3 convolution by groups and base width', () => {
    const { state, predicted } = run(
      new Bottleneck(6, { groups: 4, baseWidth: 32, projection: true }),
      [1, 5, 4, 7],
    );
    expect(predicted).toEqual([1, 5, 4, 24]);
    expect(state).toMatchObject({
      'conv1.weight': [1, 1, 7, 12],
      'conv2.weight': [3, 3, 3, 12],
      'conv3.weight': [1, 1, 12, 24],
    });
  });

  it('start as the identity when their last scale is zero', () => {
    for (const block of [new BasicBlock(4, { lastScale: zeros }), new Bottleneck(1, { lastScale: zeros })]) {
      init(block, [1, 3, 3, 4], { seed: 1 });
      const x = tf.randomUniform([1, 3, 3, 4], 0, 1, 'float32', 5) as tf.Tensor4D;
      const y = predict(block, x);
      expect(y.dataSync()).toEqual(x.dataSync());
      tf.dispose([x, y]);
      dispose(block);
    }
  });

  it('are the identity to the bit when all their weights are zero, of what a ReLU leaves', () => {
    const blocks = [
      ...[new Residual(4), new BasicBlock(4), new Bottleneck(1)],
      new ResNeXtBlock(4, { groupWidth: 2, bottleneckMultiplier: 1 }),
    ];
    for (const block of blocks) {
      init(block, [2, 3, 5, 4], { seed: 1 });
      for (const weight of parameters(block)) tf.tidy(() => weight.assign(tf.zerosLike(weight)));
      const x = tf.tidy(() => tf.relu(tf.randomNormal<tf.Rank.R4>([2, 3, 5, 4], 0, 1, 'float32', 5)));
      const y = predict(block, x);
      expect(y.dataSync()).toEqual(x.dataSync());
      tf.dispose([x, y]);
      dispose(block);
    }
  });

  it('say how to change the shape', () => {
    expect(() => init(new Bottleneck(4), [1, 5, 5, 4], { seed: 0 })).toThrow(/Pass projection: true/);
  });
});
