import { dispose, predict, stateDict } from '@residual/blocks';
import { adamw, type Optimizer, sgd, trainStep } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { recordedNetwork, SHAPE, type Shape, watchRecordings } from './recordedNetwork.js';
import { bytesInUse, describeWebgpu as describe, useWebgpu } from './support.js';

afterEach(() => vi.restoreAllMocks());

describe('a training step', () => {
  /** What so many steps come to, one of them of a smaller batch, with other work and a snapshot in between. */
  async function trained(optimizer: Optimizer, record: boolean) {
    const model = recordedNetwork();
    const step = trainStep(model, { optimizer, record, gradientClipNorm: 5 });
    const losses: number[] = [];
    const snapshots: (readonly number[])[] = [];
    for (let i = 0; i < 9; i++) {
      const shape: Shape = i === 5 ? [3, 8, 8, 3] : SHAPE;
      const labels = tf.tensor1d([1, 4, 0, 2].slice(0, shape[0]), 'int32');
      const x = tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 1 + i);
      const kept = [...stateDict(model).values()].map((tensor) => tensor.clone());
      const loss = step(x, labels, 0.1 / (i + 1));
      losses.push((await loss.data())[0]!);
      const other = predict(model, x);
      for (const tensor of kept) snapshots.push([...(await tensor.data())]);
      tf.dispose([x, labels, loss, other, kept]);
    }
    const weights = await Promise.all(
      [...stateDict(model).values()].map(async (tensor) => [...(await tensor.data())]),
    );
    step.dispose();
    dispose(model);
    return { losses, snapshots, weights };
  }

  it.each([
    ['sgd', sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3 })],
    ['adamw', adamw({ learningRate: 0.01 })],
  ])(
    'of %s is played to the same bits, and gives all memory back',
    { timeout: 120_000 },
    async (_, optimizer) => {
      const counts = watchRecordings(await useWebgpu());
      const plain = await trained(optimizer, false);
      const before = { tensors: tf.memory().numTensors, bytes: bytesInUse() };
      expect(counts).toEqual({ recorded: 0, played: 0, reasons: [] });
      const recorded = await trained(optimizer, true);
      expect(recorded.losses).toEqual(plain.losses);
      expect(recorded.snapshots.join()).toBe(plain.snapshots.join());
      expect(recorded.weights.join()).toBe(plain.weights.join());
      expect({ tensors: tf.memory().numTensors, bytes: bytesInUse() }).toEqual(before);
      // The first is none to go by, and the sixth of another size.
      expect(counts).toEqual({ recorded: 2, played: 9 - 2 - 2, reasons: [] });
    },
  );
});
