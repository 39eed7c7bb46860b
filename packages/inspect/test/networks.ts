import {
  BatchNorm2d,
  Conv2d,
  GlobalAveragePool,
  init,
  Linear,
  Sequential,
  stateDict,
} from '@residual/blocks';
import { basicBlock, cifarStem, ResNet } from '@residual/models';
import * as tf from '@tensorflow/tfjs-core';

/** A residual network of two stages, whose running statistics and scales are not the ones it starts with. */
export function tinyResNet({ numClasses = 3, channels = 2 } = {}): ResNet {
  const architecture = [[1, 4], [2, 6]] as const; // biome-ignore format: an architecture
  const model = new ResNet({ stem: cifarStem(4), architecture, block: basicBlock(), numClasses });
  init(model, [1, 8, 6, channels], { seed: 5 });
  let seed = 0;
  for (const [path, variable] of stateDict(model)) {
    const range = /\.(scale|runningVariance)$/.test(path) ? [0.5, 1.5] : [-0.5, 0.5];
    if (!/\.(scale|offset|runningMean|runningVariance)$/.test(path)) continue;
    const values = tf.randomUniform(variable.shape, range[0], range[1], 'float32', ++seed);
    variable.assign(values);
    values.dispose();
  }
  return model;
}

/** Two pictures for `tinyResNet`, [2, 8, 6, channels]. */
export const tinyPictures = (channels = 2): tf.Tensor4D =>
  tf.randomUniform([2, 8, 6, channels], -1, 1, 'float32', 17);

/** A convolution whose features are pooled and weighed by class: Grad-CAM can be computed by hand. */
export function pooledNetwork(): Sequential<tf.Tensor4D, tf.Tensor2D> {
  const model = new Sequential<tf.Tensor4D, tf.Tensor2D>(
    new Conv2d(2, 1, { bias: false }),
    new BatchNorm2d(),
    new GlobalAveragePool(),
    new Linear(3),
  );
  init(model, [1, 2, 3, 1], { seed: 0 });
  const values: Record<string, number[]> = {
    '0.weight': [1, -2], // channel 0: the picture; channel 1: its double, negated
    '3.weight': [3, 0, -1, 1, 0, 1], // [2, 3]: by channel, then class
    '3.bias': [0, 50, 0],
  };
  const state = stateDict(model);
  for (const [path, numbers] of Object.entries(values)) {
    const variable = state.get(path)!;
    const tensor = tf.tensor(numbers, variable.shape);
    variable.assign(tensor);
    tensor.dispose();
  }
  return model;
}
