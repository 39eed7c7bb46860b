import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import { permutation } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { failPowerAt, refuseAt, wholeRun } from '../../test/diskFaults.js';
import { Killed, mortalStorage } from '../../test/faultyStorage.js';
import { eventsOf, tinyData, tinyModel, tinyRun, tinySplit } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import { pictureData } from '../data.js';
import type { EndEvent, TrainEvent } from '../events.js';
import type { TrainOptions } from '../options.js';
import { oneCycle } from '../schedule/curves.js';
import { plateau } from '../schedule/plateau.js';
import { constantRate } from '../schedule/steps.js';
import { sgd } from '../step/descent.js';
import { type CheckpointStorage, memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { valuesOf } from './snapshots.js';

/** Without what the clock says, and what depends on when checkpoints were written. */
function timeless(event: TrainEvent): object {
  const { seconds, waitSeconds, imagesPerSecond, validationSeconds, ...rest } = { ...event } as Record<
    string,
    unknown
  >;
  return rest;
}

/** Trains a fresh model from the latest checkpoint, if any; breaking off at `stopAt` stands for kill -9. */
async function trainOnce(
  storage: CheckpointStorage,
  options: Partial<TrainOptions> = {},
  stopAt?: (event: TrainEvent) => boolean,
) {
  const model = tinyModel();
  const resume = await latestCheckpoint(storage);
  const events: object[] = [];
  try {
    const run = train(tinyRun({ model, resume, checkpoints: { storage }, ...options }));
    for await (const event of run) {
      if (event.type !== 'checkpoint') events.push(timeless(event));
      if (stopAt?.(event)) break;
    }
    return { events, weights: await valuesOf(stateDict(model)) };
  } finally {
    dispose(model);
  }
}

type Outcome = Awaited<ReturnType<typeof trainOnce>>;

/** Its history, its weights and each of its events are those of the whole run. */
function expectContinuation(resumed: Outcome, whole: Outcome): void {
  expect(resumed.events.at(-1)).toEqual(whole.events.at(-1));
  expect(resumed.weights).toEqual(whole.weights);
  expect(resumed.events.slice(1)).toEqual(
    whole.events.slice(whole.events.length - resumed.events.length + 1),
  );
}

describe('a run that is killed and resumed', () => {
  it('is equal to the bit to one that was not, wherever in an epoch it was killed', async () => {
    const whole = await trainOnce(memoryStorage());
    expect(whole.events.at(-1)).toMatchObject({ type: 'end', step: 18 });
    const random = [...permutation({ seed: 0, purpose: 'kill' }, 17)].slice(0, 5).map((step) => step + 1);
    for (const killAt of [6, 12, ...random]) {
      const storage = memoryStorage();
      await trainOnce(
        storage,
        { checkpoints: { storage, everySteps: 1 } },
        (event) => event.type === 'checkpoint' && event.step === killAt,
      );
      const resumed = await trainOnce(storage);
      expect(resumed.events[0]).toMatchObject({ type: 'start', resumedAt: { step: killAt } });
      expectContinuation(resumed, whole);
    }
  });

  it('goes on to the bit with a schedule that goes by validation', async () => {
    const options = { schedule: plateau({ patience: 0, factor: 0.5, threshold: 0.3 }), maxEpochs: 4 };
    const whole = await trainOnce(memoryStorage(), options);
    const { history } = whole.events.at(-1) as EndEvent;
    const rates = history.map(({ learningRate }) => learningRate);
    expect(rates.at(-1)).toBeLessThan(0.2); // it did fall
    for (const killAt of [7, 12, 20]) {
      const storage = memoryStorage();
      const checkpoints = { storage, everySteps: 1 };
      await trainOnce(
        storage,
        { ...options, checkpoints },
        (event) => event.type === 'checkpoint' && event.step === killAt,
      );
      expectContinuation(await trainOnce(storage, options), whole);
    }
  });

  it('survives a kill before and after each of its storage operations', async () => {
    const checkpoints = (storage: CheckpointStorage) => ({ storage, everySteps: 4, keepLast: 1 });
    const options = { maxEpochs: 2, averageDecay: undefined };
    const whole = await trainOnce(memoryStorage(), options);
    const counting = mortalStorage(Number.POSITIVE_INFINITY, 'before');
    await trainOnce(counting.storage, { ...options, checkpoints: checkpoints(counting.storage) });
    expect(counting.count()).toBeGreaterThan(15);
    for (let operation = 0; operation < counting.count(); operation++) {
      for (const when of ['before', 'after'] as const) {
        const { storage, held } = mortalStorage(operation, when);
        const killed = trainOnce(storage, { ...options, checkpoints: checkpoints(storage) });
        await expect(killed).rejects.toThrow(Killed);
        expectContinuation(await trainOnce(held, { ...options, checkpoints: checkpoints(held) }), whole);
      }
    }
  });

  it('resumed after its end, only ends', async () => {
    const storage = memoryStorage();
    const whole = await trainOnce(storage);
    const again = await trainOnce(storage);
    expect(again.events.map((event) => 'type' in event && event.type)).toEqual(['start', 'end']);
    expectContinuation(again, whole);
  });

  it('passes a damaged checkpoint over, with a warning, and goes on from the one before (corpus 89)', async () => {
    const storage = memoryStorage();
    const whole = await trainOnce(storage, {});
    const [last, previous] = (await storage.list()).sort().reverse();
    const bytes = await storage.read(last!);
    bytes[1000]! ^= 4;
    await storage.write(last!, bytes);
    const resumed = await trainOnce(storage);
    expect(resumed.events[0]).toMatchObject({ resumedAt: { step: Number(/\d+/.exec(previous!)![0]) } });
    const [warning] = resumed.events.splice(1, 1);
    expect(warning).toMatchObject({
      type: 'warning',
      message: expect.stringContaining(`Passed over ${last}`),
    });
    expectContinuation(resumed, whole);
    expect((await latestCheckpoint(storage))?.passedOver).toEqual([]);
  });

  it('goes on with the same pictures under another name: a folder may have moved', async () => {
    const storage = memoryStorage();
    const whole = await trainOnce(memoryStorage());
    await trainOnce(storage, {}, (event) => event.type === 'checkpoint' && event.step === 6);
    const data = tinyData({ ...tinySplit(), train: renamed('elsewhere') });
    expectContinuation(await trainOnce(storage, { data }), whole);
  });

  it('may be given more epochs when that does not change the steps taken', async () => {
    const storage = memoryStorage();
    await trainOnce(storage, { schedule: constantRate(), maxEpochs: 1 });
    const longer = await trainOnce(storage, { schedule: constantRate(), maxEpochs: 2 });
    expectContinuation(longer, await trainOnce(memoryStorage(), { schedule: constantRate(), maxEpochs: 2 }));
  });
});

/** The pictures to train on, under another name. */
const renamed = (name: string) => ({ ...tinySplit().train, name });

describe('a resume that would be another run', () => {
  const started = async (options: Partial<TrainOptions> = {}) => {
    const storage = memoryStorage();
    await trainOnce(storage, { maxEpochs: 1, ...options });
    return storage;
  };

  it.each<[string, Partial<TrainOptions>, RegExp]>([
    [
      'optimizer',
      { optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) },
      /optimizer.learningRate 0.2.*received.*0.1/,
    ],
    ['smoothing', { labelSmoothing: 0 }, /labelSmoothing 0.1, received labelSmoothing 0\./],
    ['clipping', { gradientClipNorm: 0 }, /gradientClipNorm 5/],
    ['averaging', { averageDecay: undefined }, /averageDecay 0.9, received averageDecay null/],
    ['schedule', { schedule: oneCycle({ warmup: 0.5 }) }, /learningRates/],
    ['plateau', { schedule: plateau() }, /learningRates/],
    ['total steps of a schedule', { maxEpochs: 2 }, /learningRates/],
    [
      'pictures',
      { data: pictureData({ ...tinySplit(), train: renamed('other') }, { batchSize: 8, seed: 4 }) },
      /firstBatch \S+ \(of tiny\/train\), received data.firstBatch \S+ \(of other\)/,
    ],
    ['order', { data: pictureData(tinySplit(), { batchSize: 8, seed: 4 }) }, /data.firstBatch/],
    ['batch size', { data: pictureData(tinySplit(), { batchSize: 9, seed: 3 }) }, /data.batchSize 8/],
    ['config', { config: { recipe: { seed: 2 } } }, /config.recipe.seed 1.*received.*config.recipe.seed 2/],
  ])('is refused: another %s', async (_, options, message) => {
    const config = { recipe: { seed: 1 } };
    const storage = await started({ config });
    const resumed = trainOnce(storage, { maxEpochs: 1, config, ...options });
    await expect(resumed).rejects.toMatchObject({
      code: 'MISMATCH',
      message: expect.stringMatching(message),
    });
  });

  it('is refused: another architecture (corpus 91), and leaves the model as it was', async () => {
    const storage = await started();
    const model = tinyModel({ channels: 5 });
    const before = await valuesOf(stateDict(model));
    const tensors = tf.memory().numTensors;
    const resume = await latestCheckpoint(storage);
    const events = train(tinyRun({ model, resume, maxEpochs: 1, data: tinyData() }));
    await expect(events.next()).rejects.toMatchObject({
      code: 'MISMATCH',
      message: expect.stringMatching(/^checkpoint-000000006.safetensors: .*conv.weight/),
    });
    expect(await valuesOf(stateDict(model))).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('is refused: weights that are not finite', async () => {
    const storage = await started();
    const resume = (await latestCheckpoint(storage))!;
    resume.model.get('linear.bias')!.data[1] = Number.NaN;
    await expect(train(tinyRun({ resume, maxEpochs: 1 })).next()).rejects.toMatchObject({
      code: 'NON_FINITE',
      message: expect.stringContaining(
        'model.linear.bias: expected finite values, received NaN at position 1',
      ),
    });
  });

  it('is refused: a new run among the checkpoints of another', async () => {
    const storage = await started();
    await expect(train(tinyRun({ checkpoints: { storage } })).next()).rejects.toMatchObject({
      code: 'OPTION',
      message: expect.stringContaining('received checkpoint-000000006.safetensors. Resume from it'),
    });
  });

  it('only warns on another backend', async () => {
    const storage = await started();
    const resume = { ...(await latestCheckpoint(storage))!, backend: 'abacus' };
    const messages: string[] = [];
    for await (const event of train(tinyRun({ resume, maxEpochs: 1 }))) {
      if (event.type === 'warning') messages.push(event.message);
    }
    expect(messages).toEqual([expect.stringContaining('was written on backend abacus; this is cpu')]);
  });

  it('only warns where the backend rounds otherwise, and names what does', async () => {
    const backend = tf.backend() as { arithmetic?: Record<string, string> };
    backend.arithmetic = { multiplyAdd: 'fused', convolutions: 'table 1' };
    try {
      const resume = (await latestCheckpoint(await started()))!;
      const warnings = async () => {
        const events = await eventsOf(tinyRun({ resume, maxEpochs: 1 }));
        return events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      };
      expect(await warnings()).toEqual([]);
      backend.arithmetic = { multiplyAdd: 'fused', convolutions: 'table 2', sums: 'pairwise' };
      expect(await warnings()).toEqual([
        expect.stringContaining('with convolutions "table 1"; here it is "table 2"'),
        expect.stringContaining('with sums unknown; here it is "pairwise"'),
      ]);
    } finally {
      delete backend.arithmetic;
    }
  });
});

// One fault of each kind; all of them in ../storage/faults.slow.test.ts.
describe('a disk that fails', () => {
  it('refuses a sync, is full, takes half, refuses a rename once: the same bits in the end', async () => {
    const whole = await wholeRun();
    const first = (operation: string) => whole.operations.indexOf(operation);
    expect(await refuseAt(first('sync'), 'EIO', whole)).toBe('says so');
    expect(await refuseAt(whole.operations.lastIndexOf('write'), 'ENOSPC', whole)).toBe('says so');
    expect(await refuseAt(first('write'), 'short write', whole)).toBe('goes on');
    expect(await refuseAt(first('rename'), 'EPERM', whole)).toBe('goes on');
  });

  it('loses power after a rename that was not synced: the same bits in the end', async () => {
    const whole = await wholeRun();
    await failPowerAt(whole.operations.lastIndexOf('sync folder'), whole);
  });
});
