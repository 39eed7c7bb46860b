import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BlocksError } from './error.js';
import { featurePaths } from './featurePaths.js';
import { features, featuresAndOutput } from './features.js';
import { init } from './init.js';
import { BatchNorm2d } from './layers/batchNorm2d.js';
import { Conv2d } from './layers/conv2d.js';
import { Linear } from './layers/linear.js';
import { GlobalAveragePool } from './layers/pooling.js';
import { ReLU } from './layers/relu.js';
import { Sequential } from './layers/sequential.js';
import { predict } from './predict.js';
import { BasicBlock } from './residual/basicBlock.js';
import { dispose } from './stateDict.js';

beforeAll(() => tf.setBackend('cpu'));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

const network = () =>
  init(
    new Sequential<tf.Tensor4D, tf.Tensor2D>(
      new Sequential(new Conv2d(4, 3, { padding: 1 }), new BatchNorm2d()),
      new BasicBlock(6, { stride: 2, projection: true }),
      new GlobalAveragePool(),
      new Linear(3),
    ),
    [1, 5, 4, 2],
    { seed: 3 },
  );

const pictures = () => tf.randomUniform<tf.Rank.R4>([2, 5, 4, 2], -1, 1, 'float32', 1);

describe('features', () => {
  it('are what the module at the path gives in eval mode, and all that is kept', () => {
    const model = network();
    const x = pictures();
    const held = tf.memory().numTensors;
    const found = features(model, x, '1');
    expect(tf.memory().numTensors).toBe(held + 1);
    const expected = tf.tidy(() => model.layers[1]!.forward(model.layers[0]!.forward(x, 'eval'), 'eval'));
    expect(found.shape).toEqual([2, 3, 2, 6]);
    expect(found.dataSync()).toEqual(expected.dataSync());
    const deep = features(model, x, '1.conv1');
    expect(deep.shape).toEqual([2, 3, 2, 6]);
    tf.tidy(() => {
      features(model, x, '0.0');
    });
    expect(tf.memory().numTensors).toBe(held + 3);
    tf.dispose([x, found, expected, deep]);
    dispose(model);
  });

  it('come with the output of the same pass', () => {
    const model = network();
    const x = pictures();
    const both = featuresAndOutput(model, x, '0');
    const alone = { features: features(model, x, '0'), output: predict(model, x) };
    expect(both.features.dataSync()).toEqual(alone.features.dataSync());
    expect(both.output.dataSync()).toEqual(alone.output.dataSync());
    tf.dispose([x, { ...both }, { ...alone }]);
    dispose(model);
  });

  it('are refused where there are none, or more than one, naming the paths there are', () => {
    const model = network();
    const x = pictures();
    const held = tf.memory().numTensors;
    const refused = (path: string) => () => features(model, x, path);
    expect(refused('3')).toThrow(BlocksError);
    expect(refused('3')).toThrow(
      expect.objectContaining({
        code: 'PATH',
        message:
          'features: path: expected a module that runs once and gives pictures [B, h, w, C], received "3", one that ' +
          'gives [2,3]. There are 0.0, 0.1, 0, 1, and what is inside them.',
      }),
    );
    expect(refused('stem')).toThrow('received "stem", which is none.');
    const same = new ReLU();
    const twice = new Sequential<tf.Tensor4D>(new Sequential(same), same);
    expect(() => features(twice, x, '0.0')).toThrow('received "0.0", one that runs 2 times.');
    const small = tf.ones<tf.Rank.R4>([1, 5, 4, 3]); // one channel too many
    expect(() => features(model, small, '0')).toThrow(expect.objectContaining({ code: 'SHAPE' }));
    small.dispose();
    expect(tf.memory().numTensors).toBe(held);
    x.dispose();
    dispose(model);
  });
});

describe('featurePaths', () => {
  it('are the modules and the layers of a Sequential that give pictures, with their shapes, at no cost', () => {
    const model = network();
    const held = tf.memory().numTensors;
    expect(featurePaths(model, [1, 5, 4, 2])).toEqual([
      { path: '0.0', name: 'Conv2d', height: 5, width: 4, channels: 4 },
      { path: '0.1', name: 'BatchNorm2d', height: 5, width: 4, channels: 4 },
      { path: '0', name: 'Sequential', height: 5, width: 4, channels: 4 },
      { path: '1', name: 'BasicBlock', height: 3, width: 2, channels: 6 },
    ]);
    expect(tf.memory().numTensors).toBe(held);
    dispose(model);
    const none = init(new Sequential(new GlobalAveragePool(), new Linear(2)), [1, 2, 2, 1], { seed: 0 });
    expect(featurePaths(none, [1, 2, 2, 1])).toEqual([]);
    dispose(none);
  });
});
