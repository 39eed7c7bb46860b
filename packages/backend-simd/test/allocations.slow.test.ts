import { dispose, readStateDict } from '@residual/blocks';

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { type TrainEvent, train } from '../../trainer/src/index.js';
import { tinyModel, tinyRun } from '../../trainer/test/tiny.js';
import { Heap } from '../src/heap.js';
import { createBackend } from '../src/index.js';

afterEach(() => vi.restoreAllMocks());

/** Which allocations are refused, counted from the second step on: one, or all until the run has failed. */
interface Refusal {
  at: number;
  isLasting: boolean;
}

/** An epoch of six steps, which goes on from its latest snapshot where memory is refused. */
async function trained(refusal?: Refusal) {
  const { allocate } = Heap.prototype;
  let count = -1; // not counting yet
  let recoveries = 0;
  const isRefused = (number: number) =>
    refusal !== undefined &&
    recoveries === 0 &&
    (refusal.isLasting ? number >= refusal.at : number === refusal.at);
  const spy = vi.spyOn(Heap.prototype, 'allocate').mockImplementation(function (this: Heap, bytes) {
    if (count >= 0 && isRefused(count++)) return 0;
    return allocate.call(this, bytes);
  });
  const model = tinyModel();
  const recover = async (error: unknown) => {
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' });
    recoveries++;
    return true;
  };
  const history: TrainEvent[] = [];
  try {
    const run = train(tinyRun({ model, maxEpochs: 1, logEvery: 1, recover, snapshotEverySeconds: 0 }));
    for await (const event of run) {
      if (event.type === 'step' && count < 0) count = 0;
      if (event.type === 'end') history.push(event);
    }
    return { history, weights: await readStateDict(model), count, recoveries };
  } finally {
    spy.mockRestore();
    dispose(model);
  }
}

it.each([1, 2])(
  'whichever allocation of a run is refused: the same bits in the end, and nothing lost (%i threads)',
  async (threads) => {
    const backend = await createBackend({ threads, poisonFreedMemory: true });
    tf.engine().registry.simd = backend;
    await tf.setBackend('simd');
    const inUse = () => ({ tensors: tf.memory().numTensors, bytes: backend.memory().heapBytesInUse });
    const before = inUse();
    const { count, recoveries: _, ...whole } = await trained();
    expect(inUse()).toEqual(before);
    const counts = { 'went on': 0, 'did it again': 0 };
    for (let at = 0; at < count; at++) {
      for (const isLasting of [false, true]) {
        const { history, weights, recoveries } = await trained({ at, isLasting });
        expect({ history, weights }, `refused allocation ${at}`).toEqual(whole);
        expect(inUse(), `after refused allocation ${at}`).toEqual(before);
        counts[recoveries === 0 ? 'went on' : 'did it again']++;
      }
    }
    console.info(`${count} allocations: ${JSON.stringify(counts)}`);
    expect(counts['did it again']).toBeGreaterThan(count / 2);
    backend.dispose();
  },
);
