import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { eventsOf, tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { TrainOptions } from '../options.js';
import { valuesOf } from '../run/snapshots.js';
import { memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { sgd } from './descent.js';
import { defineOptimizer, parseOptimizer } from './optimizers.js';
import type { RuleOutput } from './rule.js';

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
    [
      { learningRate: 1, momentum: 0.9, nesterov: 1 as never },
      /nesterov: expected true or false, received 1/,
    ],
    [{ learningRate: 1, nesterov: true }, /nesterov: expected a momentum above 0 with it, received 0/],
  ])('refuses %j', (options, message) => {
    expect(() => sgd(options)).toThrow(message);
  });
});

/** What `sgd` does, as a rule: PyTorch's. */
const rule = defineOptimizer<{ momentum: number; nesterov: boolean }>({
  name: 'sgd by a rule',
  version: 1,
  slots: ['velocity'],
  rule: ({ parameter, gradient, slots, learningRate, weightDecay, value: { momentum, nesterov } }) => {
    const pulled = tf.add(gradient, tf.mul(parameter, weightDecay));
    const velocity = tf.add(tf.mul(slots.velocity!, momentum), pulled);
    const direction = nesterov ? tf.add(pulled, tf.mul(velocity, momentum)) : velocity;
    return { parameter: tf.sub(parameter, tf.mul(direction, learningRate)), slots: { velocity } };
  },
});

/** Kingma & Ba, "Adam" (arXiv 1412.6980), algorithm 1. */
const adam = defineOptimizer<{ beta1: number; beta2: number }>({
  name: 'my-adam',
  version: 2,
  slots: ['m', 'v'],
  rule: ({ parameter, gradient, slots, learningRate, step, value: { beta1, beta2 } }) => {
    const m = tf.add(tf.mul(slots.m!, beta1), tf.mul(gradient, 1 - beta1));
    const v = tf.add(tf.mul(slots.v!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const rate = (learningRate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1));
    const direction = tf.div(m, tf.add(tf.sqrt(v), 1e-8));
    return { parameter: tf.sub(parameter, tf.mul(direction, rate)), slots: { m, v } };
  },
  check({ beta1 }) {
    if (beta1 >= 1) throw new RangeError('beta1');
  },
});

async function outcomeOf(options: Partial<TrainOptions>) {
  const model = tinyModel();
  const end = (await eventsOf(tinyRun({ model, ...options }))).at(-1);
  const weights = await valuesOf(stateDict(model));
  dispose(model);
  return { end, weights };
}

describe('defineOptimizer', () => {
  it.each([{ nesterov: true }, { nesterov: false, gradientClipNorm: 0, averageDecay: undefined }])(
    'gives a rule what the fused kernel does: the same bits as sgd, with %j',
    async ({ nesterov, ...options }) => {
      const values = { learningRate: 0.2, momentum: 0.9, nesterov, weightDecay: 5e-4 };
      const fused = await outcomeOf({ optimizer: sgd(values), ...options });
      expect(await outcomeOf({ optimizer: rule(values), ...options })).toEqual(fused);
    },
  );

  it('makes plain values, and a run of them learns and leaves no tensor', async () => {
    const optimizer = adam({ learningRate: 0.02, beta1: 0.9, beta2: 0.99 });
    expect(optimizer).toEqual({ name: 'my-adam', version: 2, learningRate: 0.02, beta1: 0.9, beta2: 0.99 });
    expect(JSON.parse(JSON.stringify(optimizer))).toEqual(optimizer);
    const before = tf.memory().numTensors;
    const options = tinyRun({ optimizer, maxEpochs: 8, labelSmoothing: 0, logEvery: 3 });
    const counts = new Set<number>();
    let loss = 0;
    for await (const event of train(options)) {
      if (event.type === 'step') counts.add(tf.memory().numTensors);
      if (event.type === 'epoch') loss = event.trainLoss;
    }
    expect(counts.size).toBe(1);
    dispose(options.model);
    expect(tf.memory().numTensors).toBe(before);
    expect(loss).toBeLessThan(0.6); // ln 3 = 1.10 is chance
  });

  it('keeps its slots in checkpoints, from which a run goes on to the same bits', async () => {
    const optimizer = adam({ learningRate: 0.02, beta1: 0.9, beta2: 0.99 });
    const whole = await outcomeOf({ optimizer, maxEpochs: 2 });
    const storage = memoryStorage();
    for await (const event of train(
      tinyRun({ optimizer, maxEpochs: 2, checkpoints: { storage, everySteps: 1 } }),
    )) {
      if (event.type === 'checkpoint' && event.step === 8) break;
    }
    const resume = (await latestCheckpoint(storage))!;
    expect([...resume.slots.keys()]).toEqual(['m', 'v']);
    expect(
      resume.slots
        .get('v')!
        .get('conv.weight')!
        .data.some((value) => value > 0),
    ).toBe(true);
    expect(await outcomeOf({ optimizer, maxEpochs: 2, resume })).toEqual(whole);

    const slots = new Map(resume.slots);
    slots.delete('v');
    await expect(outcomeOf({ optimizer, maxEpochs: 2, resume: { ...resume, slots } })).rejects.toThrow(
      /expected slot\.v\.conv\.weight of shape \[6,6,1,4\], received none/,
    );
    await expect(outcomeOf({ optimizer: rule({ ...sgd({ learningRate: 0.1 }) }), resume })).rejects.toThrow(
      /optimizer\.name "my-adam"/,
    );
  });

  it('moves nothing when a gradient is not finite', async () => {
    const model = tinyModel();
    const optimizer = adam({ learningRate: 1e30, beta1: 0.9, beta2: 0.99 });
    await expect(eventsOf(tinyRun({ model, optimizer, gradientClipNorm: 0 }))).rejects.toMatchObject({
      code: 'NON_FINITE',
    });
    expect(model.linear.weight.value.dataSync().every(Number.isFinite)).toBe(true);
  });

  it.each<[string, (zeros: tf.Tensor) => unknown, RegExp]>([
    [
      'nothing',
      () => undefined,
      /^optimizer bad: .*: parameter: expected a float32 tensor of shape \[6,6,1,4\].*none/,
    ],
    [
      'no slot',
      (parameter) => ({ parameter }),
      /^optimizer bad: .*: slots\.m: expected a float32 tensor.*received none/,
    ],
    [
      'another shape',
      (parameter) => ({ parameter, slots: { m: tf.scalar(0) } }),
      /^optimizer bad: .*: slots\.m: .*received float32 of shape \[\]\. Correct what the rule returns/,
    ],
  ])('refuses a rule that returns %s before the run starts', async (what, returned, message) => {
    const bad = defineOptimizer({
      name: `bad: ${what}`,
      version: 1,
      slots: ['m'],
      rule: ({ parameter }) => returned(parameter) as RuleOutput,
    });
    const before = tf.memory().numTensors;
    const options = tinyRun({ optimizer: bad({ learningRate: 1 }) });
    await expect(train(options).next()).rejects.toThrow(message);
    dispose(options.model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has each name and version once', () => {
    const same = {
      name: 'once',
      version: 1,
      rule: ({ parameter }: RuleOutput) => ({ parameter, slots: {} }),
    };
    defineOptimizer(same);
    defineOptimizer(same);
    expect(() => defineOptimizer({ ...same, rule: ({ parameter }) => ({ parameter, slots: {} }) })).toThrow(
      /^defineOptimizer: once: expected each name and version once, received another rule for version 1/,
    );
  });

  it.each<[object, RegExp]>([
    [{ name: 'sgd' }, /^defineOptimizer: name: expected a name of your own, received "sgd"/],
    [{ version: 0 }, /^defineOptimizer: mine: version: expected an integer of at least 1, received 0/],
    [{ slots: ['a.b'] }, /slots: expected different names of letters and digits, received a\.b/],
    [{ slots: ['m', 'm'] }, /slots: expected different names.*received m/],
  ])('refuses %j', (definition, message) => {
    const mine = {
      name: 'mine',
      version: 1,
      rule: ({ parameter }: RuleOutput) => ({ parameter, slots: {} }),
    };
    expect(() => defineOptimizer({ ...mine, ...definition })).toThrow(message);
  });

  it.each<[object, RegExp]>([
    [{ learningRate: 0 }, /^my-adam: learningRate: expected a number above 0, received 0/],
    [{ weightDecay: -1 }, /^my-adam: weightDecay: expected a number of at least 0, received -1/],
    [{ beta2: Number.NaN }, /^my-adam: beta2: expected a finite number, received NaN/],
    [{ beta2: () => 1 }, /^my-adam: beta2: expected what JSON can hold, received a function/],
    [{ beta1: 1 }, /^beta1$/],
  ])('checks settings: %j', (settings, message) => {
    expect(() => adam({ learningRate: 1, beta1: 0, beta2: 0, ...settings })).toThrow(message);
  });
});

describe('parseOptimizer', () => {
  it('fills defaults in', () => {
    expect(parseOptimizer({ name: 'sgd', learningRate: 0.1 })).toEqual(sgd({ learningRate: 0.1 }));
  });

  const ours = 'optimizer: expected an optimizer of @residual/trainer';
  it.each<[unknown, string]>([
    [
      tf.train.adam(0.01),
      `${ours}, received an AdamOptimizer of TensorFlow.js. Use sgd({ learningRate: 0.01 }),`,
    ],
    [tf.train.sgd(0.01), `${ours}, received a SGDOptimizer of TensorFlow.js.`],
    [undefined, `${ours}, received undefined.`],
    [null, `${ours}, received null.`],
    ['adam', `${ours}, received "adam".`],
    [{ learningRate: 1 }, `${ours}, received an object without a name.`],
    [{ name: 'unheard', version: 1 }, 'received unheard, version 1. Import the module that defines it'],
    [{ name: 'my-adam', version: 1 }, '; sam; sgd by a rule, version 1; my-adam, version 2'],
    [{ name: 'sgd', version: 1 }, 'received sgd, version 1.'],
  ])('refuses what is none at the start of a run: %j', (optimizer, message) => {
    const options = tinyRun({ optimizer: optimizer as never });
    expect(() => train({ ...options, optimizer: optimizer as never })).toThrow(
      expect.objectContaining({
        code: message.startsWith(ours) ? 'OPTION' : 'NOT_REGISTERED',
        message: expect.stringContaining(message),
      }),
    );
    dispose(options.model);
  });
});
