import '../test/onSimd.js';
import { dispose } from '@residual/blocks';
import { type History, recordOf } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure, encodeModel, startRun, type VerificationEvent, verifyRun } from './index.js';

const data = stripes();
const config = configure(tiny, task, {});
const history: History = [];
let model: Uint8Array;

beforeAll(async () => {
  const run = await startRun(config, { data });
  for await (const event of run.events) if (event.type === 'epoch') history.push(recordOf(event));
  model = await encodeModel(run.model, { task, model: config.training.model });
  dispose(run.model);
});

async function verifications(...[of, options]: [History, { epochs?: number; model?: Uint8Array }]) {
  const before = tf.memory().numTensors;
  const found: VerificationEvent[] = [];
  for await (const event of verifyRun(config, of, { data, ...options })) {
    if (event.type === 'verification') found.push(event);
  }
  expect(tf.memory().numTensors).toBe(before);
  return found;
}

const same = (epoch: number) => ({ type: 'verification', what: 'epoch', epoch, differences: [] });

describe('a run that is computed again', () => {
  it('is the same, epoch by epoch, and so is its model', async () => {
    const isSame = { type: 'verification', what: 'model', isSame: true };
    expect(await verifications(history, { model })).toEqual([same(1), same(2), isSame]);
  });

  it('ends where it is told to, and with its record', async () => {
    expect(await verifications(history, { epochs: 1, model })).toEqual([same(1)]);
    expect(await verifications(history.slice(0, 1), {})).toEqual([same(1)]);
  });

  it('names what differs, and ends there', async () => {
    const [first, second] = history as [History[0], History[0]];
    const trainLoss = first.trainLoss * (1 + 2 ** -52);
    expect(await verifications([{ ...first, trainLoss }, second], {})).toEqual([
      { ...same(1), differences: [{ field: 'trainLoss', expected: trainLoss, received: first.trainLoss }] },
    ]);
    const { validationLoss, ...without } = second;
    expect(await verifications([first, without], {})).toEqual([
      same(1),
      { ...same(2), differences: [{ field: 'validationLoss', received: validationLoss }] },
    ]);
    const other = model.with(model.length - 1, model.at(-1)! ^ 1);
    expect((await verifications(history, { model: other })).at(-1)).toMatchObject({ isSame: false });
  });
});
