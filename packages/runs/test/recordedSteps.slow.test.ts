import { batchNorms, dispose, predict, stateDict } from '@residual/blocks';
import { adamw, cutmix, lamb, mixup, muon, sgd, type TrainOptions, trainStep } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepWorkers } from '../../backend-simd/test/keepWorkers.js';
import { outcomeOf, startCounting, tinyNetwork } from './recordedRuns.js';

let end = () => {};
afterEach(() => {
  vi.restoreAllMocks();
  end();
});

async function start(options = {}) {
  const started = await startCounting(options);
  end = () => started.backend.dispose();
  return started;
}

const kinds: Record<string, Partial<TrainOptions>> = {
  'sgd, nesterov, averages, clipping': {},
  'sgd without momentum': { optimizer: sgd({ learningRate: 0.05 }), averageDecay: undefined },
  adamw: { optimizer: adamw({ learningRate: 0.003 }) },
  lamb: { optimizer: lamb({ learningRate: 0.003 }), averageDecay: undefined },
  mixup: { mix: mixup({ alpha: 0.4 }) },
  cutmix: { mix: cutmix({ alpha: 1 }) },
  'steps of two batches': { accumulate: 2 },
  'a frozen stage, taken in later': { groups: [{ pattern: 'stages.0', frozen: true, unfreezeAt: 3 }] },
  'the mean of the last epochs': { swa: 0.5, averageDecay: undefined },
};

describe.each([1, 2, 3, 7])('on %i threads', (threads) => {
  it.each(Object.entries(kinds))('%s: the bits of a run that is not recorded', async (_, options) => {
    const { backend, counts } = await start({ threads });
    const plain = await outcomeOf({ ...options, maxEpochs: 5, record: false });
    expect(counts.played).toBe(0);
    const recorded = await outcomeOf({ ...options, maxEpochs: 5 });
    expect(recorded).toEqual({ ...plain, unrecorded: undefined });
    expect(counts.played).toBeGreaterThan(5);
    expect(backend.memory().heapBytesInUse).toBe(0);
  });
});

it('1,000 steps have the bits of 1,000 that are not recorded, also where threads end meanwhile', async () => {
  const workers = keepWorkers();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { backend, counts } = await start({ threads: 3 });
  const options = { maxEpochs: 250, logEvery: 100 };
  const plain = await outcomeOf({ ...options, record: false });
  const recorded = await outcomeOf(options);
  expect(recorded).toEqual({ ...plain, unrecorded: undefined });
  expect(counts).toEqual({ recorded: 1 + 250, played: 1000 - 250 - 250 - 1 });
  expect(backend.memory().heapBytesInUse).toBe(0);

  // Each ends in some played step after that, or between two; one that ends in a kernel ends the run.
  const endings = { 300: 0, 700: 1 } as Record<number, number>;
  const outcome = await outcomeOf(options, (event) => {
    if (event.type === 'step') void workers[endings[event.step]!]?.terminate();
    return false;
  }).catch((error: unknown) => error);
  if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'KERNEL' });
  else expect(outcome).toEqual(recorded);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('ended'));
});

it('an optimizer that gives weights other places is not recorded for long, and says so', async () => {
  const { counts } = await start({ threads: 1 });
  const options = { optimizer: muon({ learningRate: 0.01 }), maxEpochs: 6, logEvery: 1 };
  const plain = await outcomeOf({ ...options, record: false });
  const recorded = await outcomeOf(options);
  expect(recorded.weights).toEqual(plain.weights);
  expect(counts.played).toBeLessThan(3);
});

it('an aborted run ends as one does that is not recorded', async () => {
  await start();
  const run = (record: boolean) => {
    const controller = new AbortController();
    return outcomeOf({ record, signal: controller.signal, logEvery: 1 }, (event) => {
      if (event.type === 'step' && event.step === 6) controller.abort();
      return false;
    });
  };
  expect((await run(true)).events.at(-1)).toEqual((await run(false)).events.at(-1));
});

it('a loss that is not finite ends a run as one does that is not recorded', async () => {
  await start();
  const messageOf = async (record: boolean) => {
    const options = { record, optimizer: sgd({ learningRate: 1e20 }), gradientClipNorm: 0 };
    return outcomeOf(options).then(String, ({ message }) => message);
  };
  const message = await messageOf(true);
  expect(message).toMatch('NaN or an infinite value');
  expect(message).toBe(await messageOf(false));
});

/** Steps in a loop of one's own, with what others may do between them. */
describe('between two steps', () => {
  const batch = (i: number, size = 8) => ({
    x: tf.tidy(() => tf.randomUniform<tf.Rank.R4>([size, 10, 6, 3], 0, 1, 'float32', i)),
    labels: tf.tensor1d(
      Array.from({ length: size }, (_, k) => (k + i) % 13),
      'int32',
    ),
  });

  const happenings: Record<string, (model: ReturnType<typeof tinyNetwork>, i: number) => void> = {
    'somebody holds the weights of the step before': (model) => {
      const copies = [...stateDict(model).values()].map((value) => value.clone());
      held.push(...copies.map((copy) => [copy, [...copy.dataSync()]] as const));
    },
    'a weight is set': (model, i) => {
      const [weight] = stateDict(model).values();
      if (i % 4 === 3) tf.tidy(() => weight!.assign(tf.mul(weight!, 0.9)));
    },
    'a running mean is set': (model, i) => {
      const { value } = batchNorms(model)[0]!.runningMean;
      if (i % 3 === 0) tf.tidy(() => value.assign(tf.mul(value, 0.5)));
    },
    'a field is set': (model, i) => {
      for (const norm of batchNorms(model)) norm.momentum = i < 6 ? 0.1 : 0.5;
    },
    'somebody predicts': (model, i) => {
      const { x, labels } = batch(100 + i, 1 + (i % 5));
      tf.dispose([predict(model, x), x, labels]);
    },
  };
  const held: (readonly [tf.Tensor, readonly number[]])[] = [];

  it.each(Object.entries(happenings))('%s: the bits are the same', async (what, happen) => {
    const { backend, counts } = await start();
    const outcomes = [true, false].map((record) => {
      const model = tinyNetwork();
      const step = trainStep(model, { optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), record });
      const losses: number[] = [];
      for (let i = 0; i < 14; i++) {
        const { x, labels } = batch(i);
        const loss = step(x, labels);
        losses.push(loss.dataSync()[0]!);
        tf.dispose([loss, x, labels]);
        happen(model, i);
      }
      const weights = [...stateDict(model).values()].map((value) => [...value.dataSync()]);
      step.dispose();
      dispose(model);
      for (const [tensor, values] of held.splice(0)) {
        expect([...tensor.dataSync()]).toEqual(values);
        tensor.dispose();
      }
      return { losses, weights };
    });
    expect(outcomes[0]).toEqual(outcomes[1]);
    if (!what.startsWith('somebody holds')) expect(counts.played).toBeGreaterThan(2);
    expect(backend.memory().heapBytesInUse).toBe(0);
  });
});

it('loses nothing, whichever allocation fails: a run ends as without, or has no memory and says so', async () => {
  const { backend } = await start();
  const heap = Object.getPrototypeOf((backend as unknown as { wasm: { heap: object } }).wasm.heap);
  const options = { maxEpochs: 2 };
  const whole = await outcomeOf({ ...options, record: false });
  const { allocate } = heap;
  let count = Number.NEGATIVE_INFINITY;
  let failing = -1;
  vi.spyOn(heap, 'allocate').mockImplementation(function (this: object, ...args: unknown[]) {
    return count++ === failing ? 0 : allocate.apply(this, args);
  });
  /** From the first step on. */
  const run = () =>
    outcomeOf(options, ({ type }) => {
      if (type === 'start') count = 0;
      return false;
    });
  expect((await run()).weights).toEqual(whole.weights);
  const total = count;
  const outcomes = { same: 0, full: 0 };
  for (failing = 0; failing < total; failing += 17) {
    count = Number.NEGATIVE_INFINITY;
    try {
      expect((await run()).weights).toEqual(whole.weights);
      outcomes.same++;
    } catch (error) {
      expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' });
      outcomes.full++;
    }
    expect(backend.memory().heapBytesInUse).toBe(0);
  }
  // Where a recording fails, or one can be given up, the run goes on.
  expect(outcomes.same).toBeGreaterThan(0);
  expect(outcomes.full).toBeGreaterThan(0);
});

it('takes the memory of a recording away where another tensor finds none, and never the run', async () => {
  const { backend, counts } = await start();
  const plain = await outcomeOf({ record: false });
  const heap = Object.getPrototypeOf((backend as unknown as { wasm: { heap: object } }).wasm.heap);
  const LARGE = 30_000_000;
  let inUse = Number.NaN;
  const recorded = await outcomeOf({ logEvery: 1 }, (event) => {
    if (event.type !== 'step' || event.step !== 6) return false;
    vi.spyOn(heap, 'allocate').mockImplementationOnce(() => 0);
    const before = backend.memory().heapBytesInUse;
    tf.fill([LARGE / 4], 1).dispose();
    inUse = before - backend.memory().heapBytesInUse;
    vi.restoreAllMocks();
    return false;
  });
  expect(inUse).toBeGreaterThan(100_000);
  expect(recorded.weights).toEqual(plain.weights);
  expect(counts).toEqual({ recorded: 1 + 3, played: 12 - 3 - 3 - 1 - 1 });
  expect(backend.memory().heapBytesInUse).toBe(0);
});
