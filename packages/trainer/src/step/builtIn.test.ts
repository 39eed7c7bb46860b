import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { eventsOf, tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { TrainOptions } from '../options.js';
import { valuesOf } from '../run/snapshots.js';
import { constantRate } from '../schedule/steps.js';
import { memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { adam, adamw } from './adam.js';
import { lion, rmsprop, sgd } from './descent.js';
import { lamb, lars } from './layerwise.js';
import { muon } from './muon.js';
import { parseOptimizer } from './optimizers.js';
import type { Optimizer } from './rule.js';
import { sam } from './sam.js';
import { optimizerDefaults } from './settings.js';

/** Each with its slots, at a rate by which the tiny model learns. */
const cases: [Optimizer, string[]][] = [
  [sgd({ learningRate: 0.2, momentum: 0.9, weightDecay: 1e-3 }), ['velocity']],
  [adam({ learningRate: 0.02, weightDecay: 1e-3 }), ['m', 'v']],
  [adamw({ learningRate: 0.02 }), ['m', 'v']],
  [rmsprop({ learningRate: 0.005, momentum: 0.5 }), ['v', 'velocity']],
  [lion({ learningRate: 0.01, weightDecay: 0.01 }), ['m']],
  [lamb({ learningRate: 0.05 }), ['m', 'v']],
  [lars({ learningRate: 0.2, momentum: 0.9, trustCoefficient: 0.1, weightDecay: 1e-3 }), ['velocity']],
  [muon({ learningRate: 0.05 }), ['m', 'v']],
  [sam(adamw({ learningRate: 0.02 }), { rho: 0.02 }), ['m', 'v']],
];

async function outcomeOf(options: Partial<TrainOptions>) {
  const model = tinyModel();
  const end = (await eventsOf(tinyRun({ model, ...options }))).at(-1);
  const weights = await valuesOf(stateDict(model));
  dispose(model);
  return { end, weights };
}

describe.each(cases)('$name', (optimizer, slots) => {
  it('goes on to the same bits from the middle, with its slots in the checkpoint', async () => {
    const whole = await outcomeOf({ optimizer, maxEpochs: 2 });
    const storage = memoryStorage();
    const options = tinyRun({ optimizer, maxEpochs: 2, checkpoints: { storage, everySteps: 1 } });
    for await (const event of train(options)) if (event.type === 'checkpoint' && event.step === 8) break;
    dispose(options.model);
    const resume = (await latestCheckpoint(storage))!;
    expect([...resume.slots.keys()]).toEqual(slots);
    expect(await outcomeOf({ optimizer, maxEpochs: 2, resume })).toEqual(whole);
  });

  it('learns, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const options = tinyRun({
      optimizer,
      maxEpochs: 8,
      labelSmoothing: 0,
      averageDecay: undefined,
      schedule: constantRate(),
    });
    const counts = new Set<number>();
    let loss = Number.POSITIVE_INFINITY;
    for await (const event of train({ ...options, logEvery: 3 })) {
      if (event.type === 'step') counts.add(tf.memory().numTensors);
      if (event.type === 'epoch') loss = event.trainLoss;
    }
    expect(counts.size).toBe(1);
    dispose(options.model);
    expect(tf.memory().numTensors).toBe(before);
    expect(loss).toBeLessThan(0.6); // ln 3 = 1.10 is chance
  });

  it('is a value that JSON holds whole', () => {
    expect(parseOptimizer(JSON.parse(JSON.stringify(optimizer)))).toEqual(optimizer);
    const { name, learningRate, base = name, ...rest } = optimizer;
    if (name === 'sam')
      return expect({ ...rest, name: base, learningRate }).toMatchObject(adamw({ learningRate }));
    const defaults = { name, ...optimizerDefaults[name as keyof typeof optimizerDefaults], learningRate };
    expect(parseOptimizer({ name, learningRate })).toEqual(defaults);
  });
});

describe('the settings of those that are built in', () => {
  it('has every one of them here', () => {
    expect(cases.map(([{ name }]) => name)).toEqual([...Object.keys(optimizerDefaults), 'sam']);
  });

  it.each<[() => unknown, string]>([
    [
      () => adam({ learningRate: 0 }),
      'adam: learningRate: expected a number above 0, received 0. Try 0.001.',
    ],
    [
      () => adamw({ learningRate: Number.NaN }),
      'adamw: learningRate: expected a number above 0, received NaN.',
    ],
    [() => adamw({ beta1: 1 }), 'adamw: beta1: expected a number of at least 0 and below 1, received 1.'],
    [
      () => adam({ epsilon: 0 }),
      'adam: epsilon: expected a number above 0, received 0. Try 1e-8, or leave it out.',
    ],
    [
      () => rmsprop({ alpha: -1 }),
      'rmsprop: alpha: expected a number of at least 0 and below 1, received -1.',
    ],
    [() => lion({ weightDecay: -1 }), 'lion: weightDecay: expected a number of at least 0, received -1.'],
    [() => lamb({ maxGradNorm: -1 }), 'lamb: maxGradNorm: expected a number of at least 0, received -1.'],
    [() => lars({ nesterov: true }), 'lars: nesterov: expected a momentum above 0 with it, received 0.'],
    [() => lars({ alwaysAdapt: 1 as never }), 'lars: alwaysAdapt: expected true or false, received 1.'],
    [
      () => sam(adamw(), { rho: 0 }),
      'sam: rho: expected a number above 0, received 0. Try 0.05, or leave it out.',
    ],
    [() => sam(sam(adamw())), 'sam: base: expected one of sgd, adam,'],
    [
      () => sam({ name: 'mine', version: 1, learningRate: 1 }),
      'muon, received mine. Give one that is built in',
    ],
    [() => parseOptimizer({ ...sam(adamw()), beta1: 1 }), 'adamw: beta1: expected a number of at least 0'],
    [() => muon({ iterations: 0 }), 'muon: iterations: expected an integer of at least 1, received 0.'],
    [
      () => adamw({ lr: 1e-4 } as never),
      'optimizer adamw: expected settings out of learningRate, beta1, beta2, epsilon, weightDecay, received lr.',
    ],
    [() => sgd({} as never), 'sgd: learningRate: expected a number above 0, received undefined. Try 0.01.'],
  ])('refuses what makes no sense: %s', (make, message) => {
    expect(make).toThrow(message);
  });

  it('clips by the smaller norm of the two, for lamb', async () => {
    const run = (maxGradNorm: number, gradientClipNorm: number) =>
      outcomeOf({ optimizer: lamb({ learningRate: 0.01, maxGradNorm }), gradientClipNorm, maxEpochs: 1 });
    const { weights } = await run(0.01, 0);
    expect((await run(0, 0.01)).weights).toEqual(weights);
    expect((await run(0.01, 5)).weights).toEqual(weights);
    expect((await run(0, 0)).weights).not.toEqual(weights);
  });
});
