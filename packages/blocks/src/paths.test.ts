import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BatchNorm2d,
  buffers,
  Conv2d,
  dispose,
  init,
  layerPaths,
  type Mode,
  Module,
  matchesPath,
  parameters,
  readStateDict,
  Sequential,
  setTrainable,
} from './index.js';

class Small extends Module<tf.Tensor4D, tf.Tensor4D> {
  readonly stem = new Conv2d(2, 3);
  readonly stages = [
    new Sequential<tf.Tensor4D>(new BatchNorm2d(), new Conv2d(2, 1)),
    new Sequential<tf.Tensor4D>(new BatchNorm2d()),
  ];

  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return this.stages.reduce((y, stage) => stage.forward(y, mode), this.stem.forward(x));
  }
}

describe('matchesPath', () => {
  it.each<[string, string, boolean]>([
    ['stem', 'stem.conv.weight', true],
    ['stem', 'stem', true],
    ['stem', 'stem2.conv.weight', false],
    ['conv', 'stem.conv.weight', false],
    ['stages.0', 'stages.0.1.conv1.weight', true],
    ['stages.0', 'stages.00.1.conv1.weight', false],
    ['stages.*.0', 'stages.3.0.bn1.scale', true],
    ['stages.*.0', 'stages.3.1.bn1.scale', false],
    ['**.bn*', 'stages.3.1.bn1.scale', true],
    ['**.bn*', 'bn.scale', true],
    ['**.bn*', 'stages.3.1.conv1.weight', false],
    ['**', 'a.b', true],
    ['stages.**.scale', 'stages.0.1.bn1.scale', true],
    ['st.m', 'stem.conv', false],
    ['*m', 'stem.conv', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matchesPath(pattern, path)).toBe(expected);
  });
});

describe('setTrainable', () => {
  const x = () => tf.randomNormal([3, 5, 5, 1], 0, 1, 'float32', 4) as tf.Tensor4D;
  let model: Small;
  beforeEach(() => {
    model = init(new Small(), [1, 5, 5, 1], { seed: 0 });
  });
  afterEach(() => dispose(model));

  it('sets parameters apart by their paths, buffers never, and takes them in again', () => {
    expect(parameters(model)).toHaveLength(8);
    expect(setTrainable(model, 'stages.0', false)).toEqual([
      'stages.0.0.scale',
      'stages.0.0.offset',
      'stages.0.1.weight',
      'stages.0.1.bias',
    ]);
    expect(parameters(model)).toHaveLength(4);
    expect(buffers(model)).toHaveLength(4);
    setTrainable(model, '**', true);
    expect(parameters(model)).toHaveLength(8);
  });

  it('a normalisation that is set apart computes as in eval mode, and keeps its statistics to the bit', async () => {
    for (const pattern of ['stages.0', 'stages.1']) setTrainable(model, pattern, false);
    const before = await readStateDict(model);
    const [trained, evaluated] = tf.tidy(() =>
      (['train', 'eval'] as const).map((mode) => model.forward(x(), mode).dataSync()),
    );
    expect(trained).toEqual(evaluated);
    expect(await readStateDict(model)).toEqual(before);
    setTrainable(model, 'stages.1.0.offset', true); // one of the two is enough
    const again = tf.tidy(() => model.forward(x(), 'train').dataSync());
    expect(again).not.toEqual(evaluated);
    const after = await readStateDict(model);
    expect(after.get('stages.0.0.runningMean')).toEqual(before.get('stages.0.0.runningMean'));
    expect(after.get('stages.1.0.runningMean')).not.toEqual(before.get('stages.1.0.runningMean'));
  });

  it('survives a second init: what is set apart can be trained later', () => {
    setTrainable(model, 'stem', false);
    dispose(model);
    init(model, [1, 5, 5, 1], { seed: 0 });
    expect(model.stem.weight.trainable).toBe(false);
    setTrainable(model, 'stem', true);
    const { grads } = tf.variableGrads(
      () => tf.sum(model.forward(x(), 'train')) as tf.Scalar,
      parameters(model),
    );
    expect(Object.keys(grads)).toHaveLength(8);
    tf.dispose(grads);
  });

  it('refuses a pattern of no path, and names those there are', () => {
    expect(() => setTrainable(model, 'stages.2', false)).toThrow(
      expect.objectContaining({
        code: 'PATH',
        received: '"stages.2", which is none',
        fix: 'There are stem, stages.0.0, stages.0.1, stages.1.0, and what is inside them.',
      }),
    );
  });
});

it('layerPaths lists top modules, and the modules of lists', () => {
  expect(layerPaths(new Small())).toEqual(['stem', 'stages.0.0', 'stages.0.1', 'stages.1.0']);
});
