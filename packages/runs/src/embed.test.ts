import '../test/onSimd.js';
import { dispose, type Module } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { task } from '../test/tiny.js';
import { embedAll, inputOf, taskInput } from './index.js';
import { newModel } from './network.js';

const photo = (width: number, height: number, channels: number) => ({
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 251),
  width,
  height,
});
const photos = [photo(30, 20, 3), photo(7, 90, 1), photo(6, 10, 4)];

it('embeds photos of any size by what the head sees, alone or together, and leaves no tensor', async () => {
  const network = newModel({ task, model: { name: 'resnet20' } }, 0);
  const before = tf.memory().numTensors;
  const together = await embedAll(network, photos, task);
  expect(together.map(({ length }) => length)).toEqual([64, 64, 64]);
  for (const [i, picture] of photos.entries())
    expect(await embedAll(network, [picture], task)).toEqual([together[i]]);
  expect(await embedAll(network, [], task)).toEqual([]);
  expect(tf.memory().numTensors).toBe(before);

  // The head's answers to them are the network's.
  const { head } = network as typeof network & { head: Module<tf.Tensor4D, tf.Tensor2D> };
  const answers = tf.tidy(() => {
    const rows = tf.tensor4d(Float32Array.from(together.flatMap((row) => [...row])), [3, 1, 1, 64]);
    return tf.stack([head.forward(rows, 'eval'), network.forward(inputOf(photos, taskInput(task)), 'eval')]);
  });
  const [fromFeatures, fromPictures] = (await answers.array()) as number[][][];
  answers.dispose();
  for (const [i, row] of fromFeatures!.entries())
    for (const [k, logit] of row.entries()) expect(logit).toBeCloseTo(fromPictures![i]![k]!, 4);
  dispose(network);
});

it('takes any module that gives pictures, and names those there are', async () => {
  const network = newModel({ task, model: { name: 'resnet20' } }, 0);
  const [row] = await embedAll(network, photos.slice(0, 1), task, { path: 'stages.0.1' });
  expect(row).toHaveLength(16);
  await expect(embedAll(network, photos, task, { path: 'trunk' })).rejects.toMatchObject({ code: 'PATH' });
  dispose(network);
});
