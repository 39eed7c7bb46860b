/**
 * The chapter's ResNet-18 as one writes it in plain TensorFlow.js, trained on the addon of our `tensorflow` backend. Its
 * one argument is JSON, `{ task }`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createPlainResNet18 } from '../plainResNet18.ts';
import type { Task } from '../protocol.ts';
import { answer, runHere } from './answer.ts';
import { load } from './tensorflow.ts';

const { task } = JSON.parse(process.argv[2]!) as { task: Task };

await answer(async () => {
  const { versions, threads } = await load({ threads: task.threads });
  const network = createPlainResNet18(task.numClasses);
  const pictures = tf.randomUniform<tf.Rank.R4>(task.inputShape, 0, 1, 'float32', 1);
  const labels = tf.tensor1d(
    Array.from({ length: task.inputShape[0] }, (_, i) => i % task.numClasses),
    'int32',
  );
  return {
    ready: {
      description: "the same network in plain TensorFlow.js, on the same library, TensorFlow's kernels alone",
      versions,
      threads,
      parameters: network.parameters,
    },
    run: (steps) =>
      runHere(async () => {
        for (let i = 0; i < steps; i++) network.step(pictures, labels);
      }),
  };
});
