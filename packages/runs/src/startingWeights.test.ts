import '../test/onSimd.js';
import { dispose, readStateDict } from '@residual/blocks';
import { memoryStorage } from '@residual/trainer';
import { openWeights, sourceOfBytes } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure, encodeModel, type Run, resumeRun, startRun, type WeightsToStart } from './index.js';
import { newModel } from './network.js';

const sha256 = 'ab'.repeat(32);
const model = { name: 'resnet20' };
const config = configure(tiny, task, { weights: { name: 'other', sha256, newHead: true } });
const data = stripes();
let weights: WeightsToStart;

/** A network that learnt other classes, from grey pictures. */
beforeAll(async () => {
  const { height, width } = task.picture;
  const other = {
    ...task,
    picture: { height, width, channels: 1 as const },
    normalize: null,
    classNames: ['a', 'b'],
  };
  const network = newModel({ task: other, model }, 7);
  const bytes = await encodeModel(network, { task: other, model });
  dispose(network);
  weights = { file: await openWeights(sourceOfBytes(bytes, 'other.safetensors')), sha256 };
});

async function follow({ model, events }: Run, stopAt?: number) {
  for await (const event of events) if (event.type === 'checkpoint' && event.step === stopAt) break;
  const values = await readStateDict(model);
  dispose(model);
  return values;
}

describe('a run that begins with weights', () => {
  it('has them in its network, a third of the stem for each colour, and a head by the seed', async () => {
    const run = await startRun(config, { data, weights });
    expect(run.report).toMatchObject({ adapted: ['stem.conv.weight'], missing: [], unexpected: [] });
    expect(run.report!.left).toHaveLength(2);
    const state = await readStateDict(run.model);
    const given = await weights.file.tensors.get('stages.0.0.conv1.weight')!.read();
    expect(state.get('stages.0.0.conv1.weight')!.data).toEqual(given.data);
    const fresh = newModel({ task, model }, 0);
    const head = 'head.linear.weight';
    expect(state.get(head)).toEqual((await readStateDict(fresh)).get(head));
    await run.events.return();
    for (const network of [run.model, fresh]) dispose(network);
  });

  it('goes on from its checkpoint without them, to equal bits', async () => {
    const whole = await follow(await startRun(config, { data, weights }));
    const checkpoints = { storage: memoryStorage(), everySteps: 1 };
    await follow(await startRun(config, { data, weights, checkpoints }), 2);
    expect(await follow(await resumeRun({ config, data, checkpoints }))).toEqual(whole);
  });

  it('is refused without them, with others, and where it goes on from other weights', async () => {
    const before = tf.memory().numTensors;
    await expect(startRun(config, { data })).rejects.toMatchObject({ code: 'MODEL', received: 'none' });
    await expect(
      startRun(config, { data, weights: { ...weights, sha256: 'cd'.repeat(32) } }),
    ).rejects.toMatchObject({ code: 'MODEL', where: 'weights' });
    await expect(startRun(configure(tiny, task), { data, weights })).rejects.toMatchObject({
      code: 'OPTION',
    });
    expect(tf.memory().numTensors).toBe(before);
    const checkpoints = { storage: memoryStorage(), everySteps: 1 };
    await follow(await startRun(config, { data, weights, checkpoints }), 1);
    const run = await resumeRun({ config: configure(tiny, task), data, checkpoints });
    await expect(run.events.next()).rejects.toMatchObject({ code: 'MISMATCH' });
    dispose(run.model);
  });
});
