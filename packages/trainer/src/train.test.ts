import '@tensorflow/tfjs-backend-cpu';
import { dispose } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyRun } from '../test/tiny.js';
import type { TrainEvent } from './events.js';
import { train } from './train.js';

describe('train', () => {
  it('yields plain events: start, steps, epochs, end', async () => {
    const before = tf.memory().numTensors;
    const options = tinyRun({ maxEpochs: 2, logEvery: 4 });
    const events: TrainEvent[] = [];
    for await (const event of train(options)) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(
      ['start', 'step', 'step', 'epoch', 'step', 'step', 'epoch', 'end'], // 6 steps an epoch; logged: 4, 6, 8, 12
    );
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
    expect(events.at(-1)).toMatchObject({
      reason: 'completed',
      step: 12,
      history: [{ epoch: 1 }, { epoch: 2 }],
    });
    dispose(options.model);
    expect(tf.memory().numTensors).toBe(before);
  });
});
