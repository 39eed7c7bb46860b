import '../test/onSimd.js';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure } from './configure.js';
import { epochsWithin, measurePace, secondsOf } from './pace.js';

describe('measurePace', () => {
  it('tells what each part of a run takes, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    const pace = await measurePace(configure(tiny, task), { data: stripes(), logEvery: 1, seconds: 0.01 });
    for (const seconds of [pace.start, pace.epoch, pace.test]) {
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(100);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes no time for parts that are not there', async () => {
    const { train } = stripes();
    const pace = await measurePace(configure(tiny, task), { data: { train }, logEvery: 1, seconds: 0.01 });
    expect(pace.test).toBe(0);
  });

  it('is for runs whose steps take time', async () => {
    const config = configure({ ...tiny, training: { ...tiny.training, augment: [] } }, task, {
      stages: 'frozen',
    });
    await expect(measurePace(config, { data: stripes() })).rejects.toMatchObject({ code: 'OPTION' });
  });

  it('stops when it is told to', async () => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const options = { data: stripes(), signal: controller.signal };
    await expect(measurePace(configure(tiny, task), options)).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('epochsWithin', () => {
  const pace = { start: 5, epoch: 60, test: 10 };

  it('leaves a twentieth, and counts the start and the test', () => {
    expect(epochsWithin(pace, 600)).toBe(9); // (570 - 15) / 60 = 9.25
    expect(epochsWithin(pace, 570)).toBe(8);
    expect(epochsWithin(pace, 70)).toBe(0);
    expect(epochsWithin(pace, 1)).toBe(0);
  });

  it('has time for as many as secondsOf says', () => {
    for (const epochs of [1, 2, 50]) {
      expect(epochsWithin(pace, secondsOf(pace, epochs) + 1e-6)).toBe(epochs);
      expect(epochsWithin(pace, secondsOf(pace, epochs) - 1e-6)).toBe(epochs - 1);
    }
  });
});
