import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyModel, tinyRun } from '../../test/tiny.js';
import type { TrainEvent } from '../events.js';
import type { TrainOptions } from '../options.js';
import { train } from '../train.js';
import { valuesOf } from './snapshots.js';

class Lost extends Error {}

/** Runs to the end; the model's forward fails at these calls, after all its weights became worthless, as on a lost device. */
async function runWith(failingCalls: readonly number[], options: Partial<TrainOptions> = {}) {
  const model = tinyModel();
  const { forward } = model;
  let calls = 0;
  model.forward = (x, mode) => {
    if (failingCalls.includes(++calls)) {
      for (const variable of stateDict(model).values()) {
        tf.tidy(() => (variable as tf.Variable).assign(tf.fill(variable.shape, Number.NaN)));
      }
      throw new Lost('The device was lost.');
    }
    return forward.call(model, x, mode);
  };
  const losses = new Map<number, number>();
  const events: TrainEvent[] = [];
  try {
    for await (const event of train(tinyRun({ model, maxEpochs: 2, logEvery: 1, ...options }))) {
      events.push(event);
      if (event.type === 'step') losses.set(event.step, event.loss);
    }
    return { events, losses, weights: await valuesOf(stateDict(model)) };
  } finally {
    dispose(model);
  }
}

const recover = async (error: unknown) => error instanceof Lost;

describe('recover', () => {
  it('goes on from the snapshot to the same bits, wherever the device was lost', async () => {
    const whole = await runWith([]);
    // 2 calls to warm up, one a step, 3 for each validation.
    for (const call of [4, 9, 10, 17]) {
      const recovered = await runWith([call], { recover, snapshotEverySeconds: 0 });
      expect(recovered.losses, `lost in call ${call}`).toEqual(whole.losses);
      expect(recovered.weights).toEqual(whole.weights);
      expect(recovered.events.filter(({ type }) => type === 'warning')).toHaveLength(1);
      expect(recovered.events.at(-1)).toMatchObject({ type: 'end', reason: 'completed', step: 12 });
    }
  });

  it('recovers from one loss after the other, also without a newer snapshot', async () => {
    const whole = await runWith([]);
    const recovered = await runWith([5, 10, 13], { recover, snapshotEverySeconds: 1000 });
    expect(recovered.losses).toEqual(whole.losses);
    expect(recovered.events.filter(({ type }) => type === 'warning')).toHaveLength(3);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { weights } = await runWith([5, 9], { recover, snapshotEverySeconds: 0 });
    expect(weights.size).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('ends the run with an error that nothing can be done about', async () => {
    await expect(runWith([5], { recover: async () => false })).rejects.toThrow(Lost);
    await expect(runWith([5])).rejects.toThrow(Lost);
  });
});
