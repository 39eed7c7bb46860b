import '../test/onSimd.js';
import { dispose, type Module, readStateDict } from '@residual/blocks';
import { adam, type EpochEvent, memoryStorage } from '@residual/trainer';
import { openWeights, sourceOfBytes } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure, encodeModel, type Run, resumeRun, startRun, type WeightsToStart } from './index.js';
import { newModel } from './network.js';

const sha256 = 'ab'.repeat(32);
const model = { name: 'resnet20' };
const alone = {
  ...tiny,
  training: {
    ...tiny.training,
    stages: 'frozen',
    optimizer: adam({ learningRate: 0.05 }),
    averageDecay: null,
    augment: [],
    epochs: 3,
  },
} as const;
const config = configure(alone, task, { weights: { name: 'other', sha256, newHead: true } });
const data = stripes();
let weights: WeightsToStart;

beforeAll(async () => {
  const other = { ...task, classNames: ['a', 'b'] };
  const network = newModel({ task: other, model }, 7);
  const bytes = await encodeModel(network, { task: other, model });
  dispose(network);
  weights = { file: await openWeights(sourceOfBytes(bytes, 'other.safetensors')), sha256 };
});

const trunkOf = async (network: Module) =>
  [...(await readStateDict(network))].filter(([path]) => !path.startsWith('head.'));

async function follow(run: Run, stopAt?: number) {
  const epochs: EpochEvent[] = [];
  for await (const event of run.events) {
    if (event.type === 'epoch') epochs.push({ ...event, validationSeconds: 0 });
    if (event.type === 'checkpoint' && event.step === stopAt) break;
  }
  const values = await readStateDict(run.model);
  dispose(run.model);
  return { values, epochs };
}

describe('a frozen trunk', () => {
  it("doesn't move by a bit, statistics included, while the head learns", async () => {
    const before = tf.memory().numTensors;
    const run = await startRun(config, { data, weights });
    expect(run.frozen).toMatchObject({ count: 39, width: 64 });
    expect([0, 1e-4, 1e-3, 1e-2]).toContain(run.frozen!.weightDecay);
    const trunk = await trunkOf(run.model);
    const { values, epochs } = await follow(run);
    expect(epochs).toHaveLength(3);
    expect(epochs[2]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss);
    expect([...values].filter(([path]) => !path.startsWith('head.'))).toEqual(trunk);
    for (const [path, tensor] of weights.file.tensors) {
      if (!path.startsWith('head.')) expect(values.get(path)!.data).toEqual((await tensor.read()).data);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on from its checkpoint without the weights, inside an epoch too, to equal bits', async () => {
    const whole = await follow(await startRun(config, { data, weights }));
    const checkpoints = { storage: memoryStorage(), everySteps: 1 };
    await follow(await startRun(config, { data, weights, checkpoints }), 6);
    const resumed = await resumeRun({ config, data, checkpoints });
    const { values, epochs } = await follow(resumed);
    expect(epochs).toEqual(whole.epochs.slice(1));
    expect(values).toEqual(whole.values);
  });

  it('takes no augmentation and no mixing, which its features would not show', () => {
    const flipped = { ...alone, training: { ...alone.training, augment: tiny.training.augment } };
    expect(() => configure(flipped, task)).toThrow(/training\.augment: expected none with a frozen trunk/);
    expect(() => configure(alone, task, { mixup: 0.2 })).toThrow(
      /training\.mix: expected none with a frozen/,
    );
  });

  it('has the loss that the whole network has on the same pictures', async () => {
    const run = await startRun(config, { data, weights });
    const { judge } = await import('./judge.js');
    let last: EpochEvent | undefined;
    for await (const event of run.events) if (event.type === 'epoch') last = event;
    const { loss, accuracy } = await judge(run.model, data.test, config);
    dispose(run.model);
    expect(last!.validationLoss).toBeCloseTo(loss, 5);
    expect(last!.validationAccuracy).toBe(accuracy);
  });
});
