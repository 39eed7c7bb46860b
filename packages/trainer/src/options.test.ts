import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { tinyRun } from '../test/tiny.js';
import { trainSettings } from './options.js';
import { sgd } from './step/optimizers.js';
import { memoryStorage } from './storage/storage.js';
import { train } from './train.js';

describe('sgd', () => {
  it('is plain SGD unless told otherwise', () => {
    expect(sgd({ learningRate: 0.01 })).toEqual({
      name: 'sgd',
      learningRate: 0.01,
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
    });
  });

  it.each([
    [{ learningRate: 0 }, 'sgd: learningRate: expected a number above 0, received 0. Try 0.01.'],
    [{ learningRate: Number.NaN }, 'sgd: learningRate: expected a number above 0, received NaN. Try 0.01.'],
    [{ learningRate: 1, momentum: 1 }, /momentum: expected a number of at least 0 and below 1, received 1/],
    [{ learningRate: 1, weightDecay: -1 }, /weightDecay: expected a number of at least 0, received -1/],
    [{ learningRate: 1, nesterov: true }, /nesterov: expected a momentum above 0 with it, received 0/],
  ])('refuses %j', (options, message) => {
    expect(() => sgd(options)).toThrow(message);
  });
});

describe('the options of train', () => {
  const storage = memoryStorage();

  it.each([
    [
      { maxEpochs: 0 },
      'maxEpochs: expected an integer of at least 1, received 0. Train for one epoch or more.',
    ],
    [{ maxEpochs: 1.5 }, /maxEpochs: .*received 1.5/],
    [{ logEvery: 0 }, /logEvery: expected an integer of at least 1, received 0/],
    [{ labelSmoothing: 1 }, /labelSmoothing: expected a number of at least 0 and below 1, received 1/],
    [{ gradientClipNorm: -1 }, /gradientClipNorm: expected a number of at least 0, received -1/],
    [{ averageDecay: 1 }, /averageDecay: expected a number of at least 0 and below 1, received 1/],
    [{ checkpoints: { storage, keepLast: 0 } }, /checkpoints.keepLast: expected an integer of at least 1/],
    [{ checkpoints: { storage, everySteps: 0.5 } }, /checkpoints.everySteps: expected an integer/],
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
