import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { tinyData, tinyModel, tinyRun } from '../test/tiny.js';
import { sgd } from './step/descent.js';
import { train } from './train.js';
import { Trainer } from './trainer.js';

describe('Trainer', () => {
  it('fits a model in place and returns the history', async () => {
    const model = tinyModel();
    const initial = await model.linear.weight.value.array();
    const trainer = new Trainer({ maxEpochs: 2, optimizer: sgd({ learningRate: 0.1 }) });
    const history = await trainer.fit(model, tinyData());
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(history[1]!.trainLoss).toBeLessThan(history[0]!.trainLoss);
    expect(await model.linear.weight.value.array()).not.toEqual(initial);
  });

  it('is train with its options', async () => {
    const { model, data, ...options } = tinyRun();
    const history = await new Trainer(options).fit(model, data);
    for await (const event of train(tinyRun()))
      if (event.type === 'end') expect(event.history).toEqual(history);
    expect(history.length).toBe(3);
  });

  it.each<[object, RegExp]>([
    [
      { learningRate: 0.1 },
      /^Trainer: expected options out of optimizer, maxEpochs, .*, received learningRate\. /,
    ],
    [{ callbacks: { onEpoch() {} } }, /^callbacks: expected a list, received object\. Put it into brackets/],
  ])('refuses what would be left out in silence: %j', (options, message) => {
    const { model: _, data: __, ...others } = tinyRun();
    expect(() => new Trainer({ ...others, ...options })).toThrow(message);
  });

  it('tells callbacks in order, and waits for them', async () => {
    const told: string[] = [];
    const trainer = new Trainer({
      maxEpochs: 1,
      optimizer: sgd({ learningRate: 0.1 }),
      logEvery: 3,
      callbacks: [
        {
          onStart: ({ totalSteps }) => told.push(`start ${totalSteps}`),
          onStep: async ({ step }) => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            told.push(`step ${step}`);
          },
          onEpoch: ({ epoch }) => told.push(`epoch ${epoch}`),
          onEnd: ({ reason }) => told.push(reason),
        },
        ({ type }) => told.push(`(${type})`),
      ],
    });
    await trainer.fit(tinyModel(), tinyData());
    expect(told).toEqual([
      'start 6',
      '(start)',
      'step 3',
      '(step)',
      'step 6',
      '(step)',
      'epoch 1',
      '(epoch)',
      'completed',
      '(end)',
    ]);
  });

  it('ends the run with the error of a callback', async () => {
    const callbacks = [{ onStart: () => Promise.reject(new Error('mine')) }];
    const trainer = new Trainer({ maxEpochs: 1, optimizer: sgd({ learningRate: 0.1 }), callbacks });
    await expect(trainer.fit(tinyModel(), tinyData())).rejects.toThrow('mine');
  });
});
