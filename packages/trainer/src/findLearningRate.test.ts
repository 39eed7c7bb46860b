import '@tensorflow/tfjs-backend-cpu';
import { dispose, readStateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyData, tinyModel } from '../test/tiny.js';
import { findLearningRate, type RatePoint, steepestFall } from './findLearningRate.js';
import { sgd } from './step/descent.js';

const optimizer = sgd({ learningRate: 1, momentum: 0.9 });

describe('findLearningRate', () => {
  it('tries rising rates until the loss diverges, and leaves the model as it was', async () => {
    const model = tinyModel();
    const before = { tensors: tf.memory().numTensors, values: await readStateDict(model) };
    const told: RatePoint[] = [];
    const range = await findLearningRate({
      ...{ model, data: tinyData(), optimizer, from: 1e-4, to: 1e6, steps: 60 },
      onPoint: (point) => told.push(point),
    });
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(await readStateDict(model)).toEqual(before.values);
    const { points, suggestion, lowest, hasDiverged } = range;
    expect(told).toEqual(points);
    expect(hasDiverged).toBe(true);
    expect(points.length).toBeLessThan(60);
    points.forEach(({ learningRate }, i) => {
      expect(learningRate / (1e-4 * 1e10 ** (i / 59))).toBeCloseTo(1, 12);
    });
    expect(points[0]!.smoothed).toBeCloseTo(points[0]!.loss, 12);
    expect(points[1]!.smoothed).toBeCloseTo((0.98 * points[0]!.loss + points[1]!.loss) / 1.98, 12);
    expect(suggestion).toBeLessThan(lowest);
    expect(points.map(({ learningRate }) => learningRate)).toContain(suggestion);
    dispose(model);
  });

  it('ends with the last rate where nothing diverges', async () => {
    const model = tinyModel();
    const { points, hasDiverged } = await findLearningRate({
      ...{ model, data: tinyData(), optimizer, from: 1e-8, to: 1e-6, steps: 14 },
    });
    expect({ count: points.length, hasDiverged }).toEqual({ count: 14, hasDiverged: false });
    expect(points.at(-1)!.learningRate).toBeCloseTo(1e-6, 18);
    expect(points[5]!.learningRate).toBe(5.878016072274916e-8); // on every engine: `**` of Node 24 has ...914
    dispose(model);
  });

  it.each([
    [{ from: 0 }, 'from: expected a number above 0, received 0.'],
    [{ from: 1, to: 0.1 }, 'from, to and steps: expected rates that rise in two steps or more'],
    [{ steps: 1 }, 'from, to and steps: expected rates that rise in two steps or more'],
  ])('refuses %j', async (given, message) => {
    const options = { model: tinyModel(), data: tinyData(), optimizer, ...given };
    await expect(findLearningRate(options)).rejects.toThrow(message);
    dispose(options.model);
  });
});

describe('steepestFall', () => {
  const points = (losses: number[]) =>
    losses.map((loss, i) => ({ learningRate: 10 ** i, loss, smoothed: loss }));

  it('is where numpy.gradient is least, but for the first ten and the last', () => {
    const flat = [9, 1, ...Array<number>(10).fill(5)];
    expect(steepestFall(points([...flat, 4.5, 3, 2.5, 2.4, 0]))).toBe(10 ** 12);
    expect(steepestFall(points([...flat, 4.9, 4.5, 3, 2.5, 2.4]))).toBe(10 ** 14);
  });

  it('is nowhere where nothing falls', () => {
    expect(steepestFall(points([5, 4, 3]))).toBeNull();
    expect(steepestFall(points(Array.from({ length: 30 }, (_, i) => i)))).toBeNull();
  });
});
