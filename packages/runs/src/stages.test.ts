import '../test/onSimd.js';
import { dispose, readStateDict, type StateValue } from '@residual/blocks';
import { memoryStorage, sgd, type TrainEvent } from '@residual/trainer';
import { openWeights, sourceOfBytes } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import {
  configure,
  decodeModel,
  encodeModel,
  judge,
  type Run,
  resumeRun,
  type StagesEvent,
  startRun,
  type WeightsToStart,
} from './index.js';
import { newModel } from './network.js';

const sha256 = 'cd'.repeat(32);
const model = { name: 'resnet20' };
const data = stripes();
let weights: WeightsToStart;

/** Two stages, of which the second learns at this rate. */
const configOf = (learningRate: number, epochs = 2) => {
  const training = { ...tiny.training, stages: 'auto', epochs, optimizer: sgd({ learningRate }) } as const;
  return configure({ ...tiny, training }, task, { weights: { name: 'other', sha256, newHead: true } });
};

beforeAll(async () => {
  const other = { ...task, classNames: ['a', 'b'] };
  const network = newModel({ task: other, model }, 7);
  const bytes = await encodeModel(network, { task: other, model });
  dispose(network);
  weights = { file: await openWeights(sourceOfBytes(bytes, 'other.safetensors')), sha256 };
});

async function follow(run: Run, stopAt?: number) {
  const events: (TrainEvent | StagesEvent)[] = [];
  for await (const event of run.events) {
    if (event.type === 'epoch') events.push({ ...event, validationSeconds: 0 });
    if (event.type === 'stages' || event.type === 'end') events.push(event);
    if (event.type === 'checkpoint' && event.step === stopAt) break;
  }
  return events;
}

describe('two stages', () => {
  it('keep all layers where they do better in validation, and say by how much', async () => {
    const before = tf.memory().numTensors;
    const config = configOf(0.05, 12);
    const run = await startRun(config, { data, weights });
    expect(run.frozen).toMatchObject({ count: 39, width: 64, weightDecay: expect.any(Number) });
    const events = await follow(run);
    expect(events.map(({ type }) => type)).toEqual([...Array(12).fill('epoch'), 'stages', 'end']);
    const { loss, accuracy } = await judge(run.model, data.test, config);
    expect(events.at(-2)).toMatchObject({ kept: 'full', count: 13, full: { loss, accuracy } });
    dispose(run.model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('go back to the head alone where all layers do worse: its trunk is that of the weights, to the bit', async () => {
    const before = tf.memory().numTensors;
    const config = configOf(30);
    const run = await startRun(config, { data, weights });
    const events = await follow(run);
    const { loss, accuracy } = await judge(run.model, data.test, config);
    expect(events.at(-2)).toMatchObject({ kept: 'frozen', frozen: { loss, accuracy } });
    const values = await readStateDict(run.model);
    for (const [path, tensor] of weights.file.tensors) {
      if (!path.startsWith('head.')) expect(values.get(path)!.data).toEqual((await tensor.read()).data);
    }
    dispose(run.model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('begin the second from the head that the first has solved', async () => {
    const storage = memoryStorage();
    const run = await startRun(configOf(1e-30, 1), { data, weights, checkpoints: { storage } });
    await follow(run);
    const { model: solved } = decodeModel(await storage.read('frozen.safetensors'), 'frozen');
    const drawn = newModel({ task, model }, 0);
    const [begun, first, other] = await Promise.all(
      [run.model, solved, drawn].map(async (one) => (await readStateDict(one)).get('head.linear.weight')!),
    );
    const apart = (a: StateValue, b: StateValue) =>
      Math.max(...a.data.map((value, i) => Math.abs(value - b.data[i]!)));
    expect(apart(begun!, first!)).toBeLessThan(1e-6);
    expect(apart(begun!, other!)).toBeGreaterThan(1e-2);
    for (const one of [run.model, solved, drawn]) dispose(one);
  });

  it.each([
    ['of all layers', 0.05],
    ['of the head alone', 30],
  ])('go on from a checkpoint without the weights to equal bits %s', async (_, learningRate) => {
    const config = configOf(learningRate);
    const whole = await startRun(config, { data, weights });
    const events = await follow(whole);
    const checkpoints = { storage: memoryStorage(), everySteps: 1 };
    const stopped = await startRun(config, { data, weights, checkpoints });
    await follow(stopped, 5);
    const resumed = await resumeRun({ config, data, checkpoints });
    expect(resumed.frozen).toBeUndefined();
    expect(await follow(resumed)).toEqual(events.slice(1));
    expect(await readStateDict(resumed.model)).toEqual(await readStateDict(whole.model));
    for (const run of [whole, stopped, resumed]) dispose(run.model);
    await checkpoints.storage.remove('frozen.safetensors');
    await expect(resumeRun({ config, data, checkpoints })).rejects.toMatchObject({ code: 'RESUME' });
  });

  it('end as aborted where they are stopped while they are compared, and are compared again', async () => {
    const config = configOf(0.05, 1);
    const checkpoints = { storage: memoryStorage() };
    const stop = new AbortController();
    const run = await startRun(config, { data, weights, checkpoints, signal: stop.signal });
    const seen: string[] = [];
    for await (const event of run.events) {
      seen.push(event.type === 'end' ? event.reason : event.type);
      if (event.type === 'checkpoint') stop.abort();
    }
    expect(seen.slice(-2)).toEqual(['checkpoint', 'aborted']);
    const resumed = await resumeRun({ config, data, checkpoints });
    expect((await follow(resumed)).map(({ type }) => type)).toEqual(['stages', 'end']);
    for (const { model } of [run, resumed]) dispose(model);
  });

  it('need pictures to validate with', async () => {
    const alone = { train: data.train };
    await expect(startRun(configOf(0.05), { data: alone, weights })).rejects.toThrow(
      'training.stages: expected frozen or full without pictures to validate with, received auto',
    );
  });
});
