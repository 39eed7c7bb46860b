import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import fixture from '../../fixtures/targets.json' with { type: 'json' };
import { eventsOf, tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { TrainOptions } from '../options.js';
import { valuesOf } from '../run/snapshots.js';
import { memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { crossEntropy, focal } from './crossEntropy.js';
import { sgd } from './descent.js';
import type { Loss, Targets } from './loss.js';
import { trainStep } from './trainStep.js';

const { losses, classes, versions } = fixture;
const batch = losses.labels.length;

function valueAndGradient(loss: Loss<Targets>, isSoft: boolean): { value: number; gradient: number[] } {
  return tf.tidy(() => {
    const logits = tf.tensor2d(losses.logits, [batch, classes]);
    const targets = isSoft
      ? tf.tensor2d(losses.probabilities, [batch, classes])
      : tf.tensor1d(losses.labels, 'int32');
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(x as tf.Tensor2D, targets))(logits);
    return { value: value.dataSync()[0]!, gradient: [...grad.dataSync()] };
  });
}

function expectClose(actual: number[], expected: number[]): void {
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value), `${i}: ${actual[i]} for ${value}`).toBeLessThan(2e-7);
  });
}

async function outcomeOf(options: Partial<TrainOptions>) {
  const model = tinyModel();
  const end = (await eventsOf(tinyRun({ model, labelSmoothing: 0, ...options }))).at(-1);
  const weights = await valuesOf(stateDict(model));
  dispose(model);
  return { end, weights };
}

describe(`crossEntropy is that of PyTorch ${versions.torch}`, () => {
  it.each(losses.cases)('$options, probabilities: $soft', ({ options, soft, loss, gradient }) => {
    const actual = valueAndGradient(crossEntropy(options), soft);
    expectClose([actual.value], [loss]);
    expectClose(actual.gradient, gradient);
  });

  it.each(losses.focal)('focal: $gamma', ({ gamma, loss, gradient }) => {
    const actual = valueAndGradient(focal({ gamma }), false);
    expectClose([actual.value], [loss]);
    expectClose(actual.gradient, gradient);
  });
});

describe('crossEntropy in a run', () => {
  it('has the bits of the plain loss where all classes count alike', async () => {
    const plain = await outcomeOf({});
    expect(await outcomeOf({ loss: crossEntropy() })).toEqual(plain);
    expect(await outcomeOf({ loss: crossEntropy({ classWeights: [1, 1, 1] }) })).toEqual(plain);
    expect(await outcomeOf({ logitAdjustment: [0, 0, 0] })).toEqual(plain);
    const weighted = await outcomeOf({ loss: crossEntropy({ classWeights: [1, 1, 2] }) });
    expect(weighted.weights).not.toEqual(plain.weights);
  });

  it('is what a resumed run must have again', async () => {
    const storage = memoryStorage();
    const loss = crossEntropy({ classWeights: [1, 2, 3] });
    await outcomeOf({ loss, maxEpochs: 1, checkpoints: { storage } });
    const resume = await latestCheckpoint(storage);
    await outcomeOf({ loss: crossEntropy({ classWeights: [1, 2, 3] }), maxEpochs: 1, resume });
    for (const other of [focal(), crossEntropy({ classWeights: [1, 2, 4] }), undefined]) {
      await expect(outcomeOf({ loss: other, maxEpochs: 1, resume })).rejects.toMatchObject({
        code: 'MISMATCH',
      });
    }
    await expect(outcomeOf({ loss, logitAdjustment: [0, 0, 0], maxEpochs: 1, resume })).rejects.toThrow(
      /logitAdjustment nothing, received logitAdjustment \[0,0,0\]/,
    );
  });

  it('refuses what makes no sense, naming it', async () => {
    expect(() => crossEntropy({ classWeights: [1, 0] })).toThrow(
      'crossEntropy: classWeights[1]: expected a number above 0, received 0. Give each class one, such as 1.',
    );
    expect(() => focal({ gamma: -1 })).toThrow('focal: gamma: expected a number of at least 0, received -1.');
    expect(() => focal({ labelSmoothing: Number.NaN })).toThrow('focal: labelSmoothing: expected');
    await expect(outcomeOf({ loss: crossEntropy({ classWeights: [1, 2] }) })).rejects.toThrow(
      'crossEntropy: classWeights: expected 3 numbers, one a class, received 2. Give them in the order of the classes.',
    );
    await expect(outcomeOf({ logitAdjustment: [0, 1] })).rejects.toThrow(
      'logitAdjustment: expected 3 numbers',
    );
    expect(() => train(tinyRun({ logitAdjustment: [0, Number.NEGATIVE_INFINITY, 0] }))).toThrow(
      'logitAdjustment[1]: expected a finite number, received -Infinity.',
    );
  });
});

describe('probabilities', () => {
  it('are targets of a step of one of our own loops', () => {
    const before = tf.memory().numTensors;
    const model = tinyModel();
    const step = trainStep(model, { optimizer: sgd({ learningRate: 0.5 }) });
    const losses = tf.tidy(() => {
      const x = tf.randomUniform([4, 6, 6, 1], 0, 1, 'float32', 1) as tf.Tensor4D;
      const wanted = tf.tensor2d([
        [0.5, 0.5, 0],
        [0, 0.5, 0.5],
        [1, 0, 0],
        [0.2, 0.2, 0.6],
      ]);
      return Array.from({ length: 60 }, () => step(x, wanted).dataSync()[0]!);
    });
    const entropy = (2 * Math.LN2 - 0.4 * Math.log(0.2) - 0.6 * Math.log(0.6)) / 4; // the least there is
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(Math.min(...losses)).toBeGreaterThan(entropy);
    step.dispose();
    dispose(model);
    expect(tf.memory().numTensors).toBe(before);
  });
});
