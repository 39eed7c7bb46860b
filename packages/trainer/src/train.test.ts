import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { eventsOf, tinyData, tinyModel, tinyRun } from '../test/tiny.js';
import { latestCheckpoint, readCheckpoint } from './checkpoint/checkpoints.js';
import type { TrainingData } from './data.js';
import { recordOf, type TrainEvent } from './events.js';
import { evaluate } from './judge/evaluate.js';
import { valuesOf } from './run/snapshots.js';
import { memoryStorage } from './storage/storage.js';
import { train } from './train.js';

describe('train', () => {
  it('yields plain events: start, steps, epochs, end', async () => {
    const events = await eventsOf(tinyRun({ maxEpochs: 2, logEvery: 4, device: 'abacus' }));
    expect(events.map(({ type }) => type)).toEqual(
      ['start', 'step', 'step', 'epoch', 'step', 'step', 'epoch', 'end'], // 6 steps an epoch; logged: 4, 6, 8, 12
    );
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
    expect(events[0]).toMatchObject({
      backend: 'cpu',
      device: 'abacus',
      parameters: 4 * 36 + 4 + 8 + 15,
      maxEpochs: 2,
      stepsPerEpoch: 6,
      totalSteps: 12,
      trainExamples: 42,
      validationExamples: 18,
      // tfjs's cpu backend has no kernels of ours, so everything a step and a validation run is a reference.
      referenceOps: expect.arrayContaining([
        'residual/conv2dFilterGradient',
        'residual/optimizerUpdate',
        'residual/batchNormInference',
      ]),
    });
    expect(events[2]).toMatchObject({ step: 6, epoch: 1, batch: 6, images: 8 + 2 });
    expect(events.at(-1)).toMatchObject({
      reason: 'completed',
      step: 12,
      history: [{ epoch: 1 }, { epoch: 2 }],
    });
  });

  it('weights the epoch by example, and the best epoch is the first of the highest accuracy', async () => {
    const events = await eventsOf(tinyRun({ logEvery: 1, maxEpochs: 2 }));
    const steps = events.flatMap((event) => (event.type === 'step' && event.epoch === 1 ? [event] : []));
    const mean = steps.reduce((sum, { loss, images }) => sum + loss * images, 0) / 42;
    const [first] = events.flatMap((event) => (event.type === 'epoch' ? [event] : []));
    expect(first?.trainLoss).toBeCloseTo(mean, 12);
    expect(first?.isBest).toBe(true);
    const end = events.at(-1);
    if (end?.type !== 'end') throw new Error('no end');
    const accuracies = end.history.map(({ validationAccuracy }) => validationAccuracy!);
    expect(end.best).toEqual({
      epoch: accuracies.indexOf(Math.max(...accuracies)) + 1,
      step: 6 * (accuracies.indexOf(Math.max(...accuracies)) + 1),
      validationAccuracy: Math.max(...accuracies),
    });
  });

  it("has a history of the epochs' events without what the clock says", async () => {
    const events = await eventsOf(tinyRun());
    const records = events.flatMap((event) => (event.type === 'epoch' ? [recordOf(event)] : []));
    expect(events.at(-1)).toMatchObject({ history: records });
    expect(records[0]).not.toHaveProperty('validationSeconds');
  });

  it('has a history that does not depend on how often the device is read', async () => {
    const history = async (logEvery: number) => (await eventsOf(tinyRun({ logEvery }))).at(-1);
    expect(await history(1)).toEqual(await history(1000));
  });

  it('learns, with a fixed seed, to tell 3 classes from 42 noisy pictures', async () => {
    const events = await eventsOf(tinyRun({ maxEpochs: 8, labelSmoothing: 0 }));
    const end = events.at(-1);
    if (end?.type !== 'end') throw new Error('no end');
    expect(end.history[0]!.trainLoss).toBeGreaterThan(0.9); // ln 3 = 1.10 is chance
    expect(end.history.at(-1)!.trainLoss).toBeLessThan(0.4);
    expect(end.history.at(-1)!.validationAccuracy).toBeGreaterThanOrEqual(0.85);
  });

  it('works without validation data', async () => {
    const { train: source, prepare } = tinyData();
    const events = await eventsOf(tinyRun({ data: { train: source, prepare }, maxEpochs: 1 }));
    expect(events.at(-1)).not.toHaveProperty('history.0.validationLoss');
    expect(events.at(-1)).toMatchObject({ best: undefined, history: [{ trainLoss: expect.any(Number) }] });
  });

  it('leaves the averaged weights in the model, the ones that validation saw', async () => {
    const model = tinyModel();
    const storage = memoryStorage();
    const data = tinyData();
    const events = await eventsOf(tinyRun({ model, data, checkpoints: { storage } }));
    const checkpoint = (await latestCheckpoint(storage))!;
    const held = await valuesOf(stateDict(model));
    for (const [path, average] of checkpoint.averages!) expect(held.get(path)).toEqual(average);
    expect(checkpoint.model.get('linear.weight')).not.toEqual(checkpoint.averages!.get('linear.weight'));
    const { loss } = await evaluate(model, data.validation, data.prepare);
    expect(events.at(-1)).toHaveProperty('history.2.validationLoss', loss);
  });
});

describe('the memory of train', () => {
  it('is the same after each of 300 steps', async () => {
    const counts = new Set<number>();
    let steps = 0;
    for await (const event of train(tinyRun({ maxEpochs: 50, logEvery: 3 }))) {
      if (event.type === 'step') counts.add(tf.memory().numTensors);
      if (event.type === 'end') steps = event.step;
    }
    expect(steps).toBe(300);
    expect(counts.size).toBe(1);
  });

  it.each(['start', 'step', 'epoch', 'checkpoint'])(
    'is given back when the loop is left at %s',
    async (type) => {
      const before = tf.memory().numTensors;
      const options = tinyRun({ checkpoints: { storage: memoryStorage() } });
      for await (const event of train(options)) if (event.type === type) break;
      dispose(options.model);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('is given back when something throws', async () => {
    const before = tf.memory().numTensors;
    const options = tinyRun();
    let calls = 0;
    const failing: TrainingData = {
      ...options.data,
      prepare: (pictures) => {
        if (++calls < 4) return options.data.prepare(pictures);
        throw new Error('no pictures');
      },
    };
    await expect(eventsOf({ ...options, data: failing })).rejects.toThrow('no pictures');
    dispose(options.model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is given back when a step throws half-way, such as for lack of memory', async () => {
    const before = tf.memory().numTensors;
    const options = tinyRun();
    const { linear } = options.model as ReturnType<typeof tinyModel>;
    const forward = linear.forward.bind(linear);
    let calls = 0;
    linear.forward = (x) => {
      const y = forward(x); // by now the layers before have saved what their gradients need
      if (++calls < 4) return y;
      throw new Error('no room');
    };
    await expect(eventsOf(options)).rejects.toThrow('no room');
    dispose(options.model);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an aborted run', () => {
  it('finishes its step, writes a checkpoint and ends, and is resumed to the same end', async () => {
    const [whole] = (await eventsOf(tinyRun())).slice(-1);
    const storage = memoryStorage();
    const controller = new AbortController();
    const events: TrainEvent[] = [];
    for await (const event of train(tinyRun({ checkpoints: { storage }, signal: controller.signal }))) {
      events.push(event);
      if (event.type === 'step' && event.step === 8) controller.abort();
    }
    expect(events.slice(-2)).toMatchObject([
      { type: 'checkpoint', step: 8, epoch: 2, batch: 2 },
      { type: 'end', reason: 'aborted', step: 8 },
    ]);
    const resumed = await eventsOf(tinyRun({ resume: await latestCheckpoint(storage) }));
    expect(resumed.at(-1)).toEqual(whole);
  });

  it('is stopped within validation too, and validates when it is resumed', async () => {
    const [whole] = (await eventsOf(tinyRun())).slice(-1);
    const storage = memoryStorage();
    const controller = new AbortController();
    const data = tinyData();
    const validation = { ...data.validation, dataset: data.validation.dataset, epoch: abortingEpoch };
    function* abortingEpoch(epoch: number) {
      for (const batch of data.validation.epoch(epoch)) {
        yield batch;
        controller.abort();
      }
    }
    const events = await eventsOf(
      tinyRun({ data: { ...data, validation }, checkpoints: { storage }, signal: controller.signal }),
    );
    expect(events.slice(-2)).toMatchObject([
      { type: 'checkpoint', step: 6, epoch: 1, batch: 6 },
      { type: 'end', reason: 'aborted', history: [] },
    ]);
    const resumed = await eventsOf(
      tinyRun({ resume: await latestCheckpoint(storage), checkpoints: { storage } }),
    );
    expect(resumed.at(-1)).toEqual(whole);
  });
});

describe('checkpoints of a run', () => {
  it('are written for an epoch also when the loop is left at its event, or throws there', async () => {
    for (const leave of [() => 'stop', () => Promise.reject(new Error('enough'))]) {
      const storage = memoryStorage();
      const run = async () => {
        for await (const event of train(tinyRun({ checkpoints: { storage } }))) {
          if (event.type === 'epoch' && event.epoch === 2 && (await leave()) === 'stop') break;
        }
      };
      await run().catch((error: Error) => expect(error.message).toBe('enough'));
      expect(await latestCheckpoint(storage)).toMatchObject({ step: 12, epoch: 3, history: [{}, {}] });
    }
  });

  it('come every so many steps and after each epoch; the last ones and the best are kept', async () => {
    const storage = memoryStorage();
    const events = await eventsOf(
      tinyRun({ maxEpochs: 4, checkpoints: { storage, everySteps: 4, keepLast: 1 } }),
    );
    const saved = events.flatMap((event) => (event.type === 'checkpoint' ? [event.step] : []));
    expect(saved).toEqual([4, 6, 8, 12, 16, 18, 20, 24]); // 12 and 24 are ends of epochs: once is enough
    const { best } = (await latestCheckpoint(storage))!;
    const steps = (await storage.list()).map((name) => Number(/\d+/.exec(name)![0]));
    expect(new Set(steps)).toEqual(new Set([24, best!.step]));
  });

  it('come when enough time has passed', async () => {
    const storage = memoryStorage();
    const events = await eventsOf(tinyRun({ maxEpochs: 1, checkpoints: { storage, everySeconds: 1e-9 } }));
    expect(events.filter(({ type }) => type === 'checkpoint').length).toBe(6);
  });

  it('hold what was said to determine the run', async () => {
    const storage = memoryStorage();
    const config = { recipe: 'tiny', seed: 3 };
    await eventsOf(tinyRun({ maxEpochs: 1, config, checkpoints: { storage } }));
    const [name] = await storage.list();
    expect(await readCheckpoint(storage, name!)).toMatchObject({
      config,
      backend: 'cpu',
      step: 6,
      epoch: 2,
      batch: 0,
    });
  });
});

it('lets the rest of the program run while it trains', async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const start = process.cpuUsage();
  for await (const _ of train(tinyRun({ maxEpochs: 10, logEvery: 1000 })));
  clearInterval(timer);
  // Of the processor's time: a machine that does something else too starves both alike.
  const { user, system } = process.cpuUsage(start);
  expect(ticks).toBeGreaterThan((user + system) / 1000 / 200);
});
