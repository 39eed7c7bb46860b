import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyData, tinyRun } from '../test/tiny.js';
import { trainSettings } from './options.js';
import { plateau } from './schedule/plateau.js';
import { memoryStorage } from './storage/storage.js';
import { train } from './train.js';

describe('the options of train', () => {
  const storage = memoryStorage();

  it.each([
    [
      { maxEpochs: 0 },
      'maxEpochs: expected an integer of at least 1, received 0. Train for one epoch or more.',
    ],
    [{ maxEpochs: 1.5 }, /maxEpochs: .*received 1.5/],
    [{ logEvery: 0 }, /logEvery: expected an integer of at least 1, received 0/],
    [
      { loss: () => tf.scalar(0) },
      'labelSmoothing: expected 0 with a loss of your own, received 0.1. Smooth the labels in the loss.',
    ],
    [{ labelSmoothing: 1 }, /labelSmoothing: expected a number of at least 0 and below 1, received 1/],
    [{ gradientClipNorm: -1 }, /gradientClipNorm: expected a number of at least 0, received -1/],
    [
      { schedule: plateau(), data: { ...tinyData(), validation: undefined } },
      'schedule: expected data with a validation part, by which it goes, received none. Give data.validation, or leave the option out.',
    ],
    [{ averageDecay: 1 }, /averageDecay: expected a number of at least 0 and below 1, received 1/],
    [{ checkpoints: { storage, keepLast: 0 } }, /checkpoints.keepLast: expected an integer of at least 1/],
    [{ checkpoints: { storage, everySteps: 0.5 } }, /checkpoints.everySteps: expected an integer/],
    [{ maxEpochs: '3' as never }, /maxEpochs: expected an integer of at least 1, received '3'\. /],
    [{ schedule: 'cosine' as never }, /schedule: expected .*, received cosine\. /],
    [{ checkpoints: { storage: 'runs/first' as never } }, /checkpoints.storage: expected /],
    [{ signal: {} as never }, /signal: expected /],
    [{ checkpoints: { storage, everySeconds: 0 } }, /checkpoints.everySeconds: expected a number above 0/],
  ])('are checked before the first event is asked for: %j', (options, message) => {
    expect(() => train(tinyRun(options))).toThrow(message);
  });

  it('have the defaults of the chapter: no smoothing, no clipping, no averaging, a constant rate', () => {
    const { data, model, optimizer } = tinyRun();
    const settings = trainSettings({ data, model, optimizer, maxEpochs: 1 });
    expect(settings).toMatchObject({ labelSmoothing: 0, gradientClipNorm: 0 });
    expect(settings.averageDecay).toBeUndefined();
    expect(settings.schedule(500, 1000, 0.3)).toBe(0.3);
  });
});
