import '../test/onSimd.js';
import { dispose } from '@residual/blocks';
import {
  checkpointName,
  type History,
  memoryStorage,
  readCheckpoint,
  recordOf,
  storedSteps,
} from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import {
  configure,
  differenceOfStates,
  encodeModel,
  type StepsVerification,
  startRun,
  type VerificationEvent,
  verifyBetween,
  verifyRun,
} from './index.js';

const data = stripes();
const config = configure(tiny, task, {});
const history: History = [];
let model: Uint8Array;
const storage = memoryStorage();
const saved = new Map<number, string>();

beforeAll(async () => {
  const run = await startRun(config, { data, checkpoints: { storage, everySteps: 1, keepLast: 99 } });
  for await (const event of run.events) {
    if (event.type === 'epoch') history.push(recordOf(event));
    if (event.type === 'checkpoint') saved.set(event.step, event.sha256);
  }
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

describe('the steps between two checkpoints', () => {
  const checkpoint = (step: number) => readCheckpoint(storage, checkpointName(step));

  async function between(
    from: number,
    to: number,
    change = (_: Awaited<ReturnType<typeof checkpoint>>) => {},
  ) {
    const last = await checkpoint(to);
    change(last);
    const found: StepsVerification[] = [];
    for await (const event of verifyBetween(await checkpoint(from), last, storage, { data })) {
      if (event.type === 'verification') found.push(event);
    }
    return found;
  }

  it('come to the same bits and the hash that the run has saved, within an epoch and beyond it', async () => {
    const steps = await storedSteps(storage);
    for (const [from, to] of [
      [1, 2],
      [1, steps[0]!],
    ] as const) {
      const same = { type: 'verification', what: 'steps', from, to, sha256: saved.get(to), difference: null };
      expect(await between(from, to)).toEqual([same]);
    }
    expect(await storedSteps(storage)).toEqual(steps); // nothing is written
  });

  it('name the first tensor of which a bit differs, and the history', async () => {
    const [tensor, { data: values, shape }] = [...(await checkpoint(2)).model][1]!;
    const size = shape.reduce((product, length) => product * length, 1);
    const expected = -values[1]! || 1;
    const [changed] = await between(1, 2, ({ model }) => {
      model.get(tensor)!.data[1] = expected;
    });
    const received = `${values[1]}`;
    const difference = {
      tensor: `model.${tensor}`,
      count: 1,
      size,
      at: 1,
      expected: `${expected}`,
      received,
    };
    expect(changed!.difference).toEqual(difference);
    const [last] = await storedSteps(storage);
    const [other] = await between(1, last!, (state) => {
      state.history[0]!.trainLoss = 7;
    });
    expect(other!.difference).toMatchObject({ tensor: 'history' });
  });

  it('name a tensor that only one of them has', async () => {
    const [whole, less] = [await checkpoint(2), await checkpoint(2)];
    const [name] = [...less.slots.get('velocity')!.keys()];
    const size = less.slots.get('velocity')!.get(name!)!.data.length;
    less.slots.get('velocity')!.delete(name!);
    const only = { tensor: `slot.velocity.${name}`, count: size, size, at: 0 };
    expect(differenceOfStates(whole, less)).toMatchObject({ ...only, received: 'none' });
    expect(differenceOfStates(less, whole)).toMatchObject({ ...only, expected: 'none' });
  });
});
