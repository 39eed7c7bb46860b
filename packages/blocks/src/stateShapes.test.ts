import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { BasicBlock, init, Linear, Sequential, stateDict, stateShapes } from './index.js';

it('stateShapes: those of stateDict, without a value', () => {
  const model = new Sequential<tf.Tensor4D>(new BasicBlock(4, { stride: 2 }), new BasicBlock(4));
  const before = tf.memory().numTensors;
  const shapes = stateShapes(model, [1, 8, 8, 3]);
  expect(tf.memory().numTensors).toBe(before);
  expect(shapes.get('0.conv1.weight')).toEqual([3, 3, 3, 4]);
  const dict = stateDict(init(model, [1, 8, 8, 3], { seed: 0 }));
  expect([...shapes]).toEqual([...dict].map(([path, { shape }]) => [path, shape]));
});

it('stateShapes: of a model that has its values', () => {
  const model = init(new Linear(2), [1, 3], { seed: 0 });
  expect([...stateShapes(model, [1, 3])]).toEqual([
    ['weight', [3, 2]],
    ['bias', [2]],
  ]);
  expect(stateDict(model).get('weight')!.isDisposed).toBe(false);
});
