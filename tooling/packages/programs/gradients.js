import '@tensorflow/tfjs-backend-cpu';
import { conv2d, globalAveragePool, softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';

// tfjs-core registers no gradients of its own in bare Node: the operations below and tfjs's relu and mul need both
// kinds. The losses are known: the same on every machine to the digits printed.
const x = tf.tensor4d(
  Array.from({ length: 32 }, (_, i) => Math.sin(i)),
  [2, 4, 4, 1],
);
const filter = tf.variable(
  tf.tensor4d(
    Array.from({ length: 27 }, (_, i) => Math.cos(i)),
    [3, 3, 1, 3],
  ),
);
const labels = tf.tensor1d([0, 2], 'int32');
const sgd = tf.train.sgd(0.5);
for (let step = 0; step < 3; step++) {
  const loss = sgd.minimize(() => {
    const features = tf.mul(tf.relu(conv2d(x, filter, { padding: 1 })), 2);
    return softmaxCrossEntropy(globalAveragePool(features), labels);
  }, true);
  console.log(`step ${step}: loss ${loss.dataSync()[0].toFixed(4)}`);
}
