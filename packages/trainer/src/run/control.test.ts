import '@tensorflow/tfjs-backend-cpu';
import {
  Conv2d,
  Dropout,
  dispose,
  GlobalAveragePool,
  init,
  Linear,
  type Mode,
  Module,
  ReLU,
  readStateDict,
  StochasticDepth,
} from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyModel, tinyRun, tinySplit } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import { pictureData } from '../data.js';
import type { EndEvent, TrainEvent } from '../events.js';
import type { TrainOptions } from '../options.js';
import { sgd } from '../step/descent.js';
import { memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';

class WithoutNormalization extends Module<tf.Tensor4D, tf.Tensor2D> {
  readonly conv = new Conv2d(4, 6);
  readonly relu = new ReLU<tf.Tensor4D>();
  readonly pool = new GlobalAveragePool();
  readonly linear = new Linear(3);

  forward(x: tf.Tensor4D): tf.Tensor2D {
    return this.linear.forward(this.pool.forward(this.relu.forward(this.conv.forward(x))));
  }
}

const plain = () => init(new WithoutNormalization(), [1, 6, 6, 1], { seed: 0 });
const dataOf = (batchSize: number) => pictureData(tinySplit(), { batchSize, seed: 3 });
const settings = {
  optimizer: sgd({ learningRate: 0.2, momentum: 0.9 }),
  maxEpochs: 3,
  averageDecay: undefined,
  labelSmoothing: 0.1,
};

async function outcomeOf(options: Partial<TrainOptions>, stopAt?: (event: TrainEvent) => boolean) {
  const model = options.model ?? tinyModel();
  const events: TrainEvent[] = [];
  try {
    for await (const event of train(tinyRun({ ...options, model }))) {
      events.push(event);
      if (stopAt?.(event)) break;
    }
    return { events, end: events.at(-1) as EndEvent, weights: await readStateDict(model) };
  } finally {
    dispose(model);
  }
}

const atStep = (step: number) => (event: TrainEvent) => event.type === 'checkpoint' && event.step === step;

describe('accumulation', () => {
  it('is the larger batch to 1e-6, where no normalisation sees the batches, the last step included', async () => {
    const before = tf.memory().numTensors;
    // 42 pictures: three steps of 16, 16 and 10.
    const large = await outcomeOf({ ...settings, model: plain(), data: dataOf(16) });
    const small = await outcomeOf({ ...settings, model: plain(), data: dataOf(4), accumulate: 4 });
    expect(small.events[0]).toMatchObject({ type: 'start', stepsPerEpoch: 3, totalSteps: 9 });
    expect(small.end.step).toBe(large.end.step);
    for (const [path, { data }] of large.weights) {
      const most = Math.max(...data.map(Math.abs));
      const other = small.weights.get(path)!.data;
      data.forEach((value, i) => {
        expect(Math.abs(value - other[i]!), path).toBeLessThan(1e-6 * Math.max(1, most));
      });
    }
    large.end.history.forEach(({ trainLoss, trainAccuracy, learningRate }, i) => {
      expect(Math.abs(trainLoss - small.end.history[i]!.trainLoss)).toBeLessThan(1e-6);
      expect(small.end.history[i]).toMatchObject({ trainAccuracy, learningRate });
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('differs with a normalisation: it is of each batch', async () => {
    const large = await outcomeOf({ ...settings, data: dataOf(16) });
    const small = await outcomeOf({ ...settings, data: dataOf(4), accumulate: 4 });
    expect(Math.abs(large.end.history[0]!.trainLoss - small.end.history[0]!.trainLoss)).toBeGreaterThan(1e-4);
  });

  it('goes on to the bit when it is resumed inside an epoch', async () => {
    const options = { data: dataOf(4), accumulate: 4 };
    const whole = await outcomeOf(options);
    const storage = memoryStorage();
    await outcomeOf({ ...options, checkpoints: { storage, everySteps: 1 } }, atStep(4));
    const resume = (await latestCheckpoint(storage))!;
    expect(resume).toMatchObject({ step: 4, epoch: 2, batch: 4, facts: { accumulate: 4 } });
    const resumed = await outcomeOf({ ...options, resume });
    expect(resumed.end).toEqual(whole.end);
    expect(resumed.weights).toEqual(whole.weights);
    await expect(outcomeOf({ data: dataOf(4), resume })).rejects.toThrow('accumulate 4');
  });

  it('names the batch of a step in which a loss went wrong', async () => {
    const data = dataOf(4);
    const prepare: typeof data.prepare = (batch) => {
      const x = data.prepare(batch);
      return [...batch.images.subarray(0, 36)].join() === [...poisoned].join() ? tf.mul(x, Number.NaN) : x;
    };
    const seventh = [...(data.train.epoch(0) as Iterable<{ images: Uint8Array }>)][6]!;
    const poisoned = seventh.images.subarray(0, 36);
    const options = { data: { ...data, prepare }, accumulate: 4, logEvery: 1 };
    await expect(outcomeOf(options)).rejects.toMatchObject({
      code: 'NON_FINITE',
      where: 'step 2 (epoch 1, batch 7)',
      received: expect.stringContaining("the network's input"),
    });
  });
});

describe('patience', () => {
  /** The rate is so small that no epoch is better than the first. */
  const idle = { optimizer: sgd({ learningRate: 1e-9 }), maxEpochs: 8, averageDecay: undefined };

  it('ends the run after so many epochs without a better one, which it is told of', async () => {
    const { end, events } = await outcomeOf({ ...idle, patience: 2 });
    expect(end).toMatchObject({ type: 'end', reason: 'completed', stoppedAfter: 2, best: { epoch: 1 } });
    expect(end.history).toHaveLength(3);
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(3);
  });

  it('says nothing where the last epoch came first', async () => {
    const { end } = await outcomeOf({ ...idle, maxEpochs: 3, patience: 2 });
    expect(end.history).toHaveLength(3);
    expect(end).not.toHaveProperty('stoppedAfter');
  });

  it('is what a resumed run knows, too: it ends with the same epoch, and does not begin another', async () => {
    const options = { ...idle, patience: 2 };
    const whole = await outcomeOf(options);
    const storage = memoryStorage();
    await outcomeOf({ ...options, checkpoints: { storage, everySteps: 1 } }, atStep(8));
    const resumed = await outcomeOf({
      ...options,
      resume: await latestCheckpoint(storage),
      checkpoints: { storage },
    });
    expect(resumed.end).toEqual(whole.end);
    const again = await outcomeOf({ ...options, resume: await latestCheckpoint(storage) });
    expect(again.events.map(({ type }) => type)).toEqual(['start', 'end']);
    expect(again.end).toEqual(whole.end);
  });

  it('needs validation, and a number', () => {
    const data = { ...dataOf(8), validation: undefined };
    expect(() => train(tinyRun({ patience: 2, data }))).toThrow(
      'patience: expected data with a validation part, by which it goes, received none.',
    );
    expect(() => train(tinyRun({ patience: 0 }))).toThrow(
      'patience: expected an integer of at least 1, received 0.',
    );
    expect(() => train(tinyRun({ accumulate: 1.5 }))).toThrow(
      'accumulate: expected an integer of at least 1, received 1.5. Leave it out for steps of one batch.',
    );
  });
});

describe('dropout', () => {
  class Dropping extends WithoutNormalization {
    readonly depth = new StochasticDepth<tf.Tensor4D>(0.2);
    readonly dropout = new Dropout<tf.Tensor2D>(0.5);

    override forward(x: tf.Tensor4D, mode: Mode = 'train'): tf.Tensor2D {
      const y = this.depth.forward(this.relu.forward(this.conv.forward(x)), mode);
      return this.linear.forward(this.dropout.forward(this.pool.forward(y), mode));
    }
  }
  const dropping = () => init(new Dropping(), [1, 6, 6, 1], { seed: 0 });

  it('is drawn by seed and pass: a run is the same again, resumed too, and another with another seed', async () => {
    const tensors = tf.memory().numTensors;
    const options = { ...settings, data: dataOf(8), seed: 5 };
    const whole = await outcomeOf({ ...options, model: dropping() });
    const storage = memoryStorage();
    const checkpoints = { storage, everySteps: 1 };
    await outcomeOf({ ...options, model: dropping(), checkpoints }, atStep(8));
    const resume = (await latestCheckpoint(storage))!;
    const resumed = await outcomeOf({ ...options, model: dropping(), resume });
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.end).toEqual(whole.end);
    const other = await outcomeOf({ ...options, model: dropping(), seed: 6 });
    expect(other.weights).not.toEqual(whole.weights);
    await expect(outcomeOf({ ...options, model: dropping(), seed: 6, resume })).rejects.toThrow('seed 5');
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
