import '@tensorflow/tfjs-backend-cpu';
import { configureSimd, createBackend } from '@residual/backend-simd';
import { dispose } from '@residual/blocks';
import { checkpointName, readCheckpoint, sgd, storedSteps } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure, findParting, type PartingRun, type RunConfig } from './index.js';
import { computeAgain } from './run.js';

const data = stripes();
const config = configure(tiny, task, {});
type Training = RunConfig['training'];

/** A backend as it was asked for: one that runs makes place. */
const on = (bits: 'fastest' | 'portable') => async () => {
  tf.removeBackend('simd');
  configureSimd({ threads: 1, bits });
  tf.registerBackend('simd', () => createBackend());
  await tf.setBackend('simd');
};
const onCpu = async () => void (await tf.setBackend('cpu'));

const run = (training: Partial<Training> = {}, others: Partial<PartingRun> = {}): PartingRun => ({
  config: { ...config, training: { ...config.training, ...training } },
  data,
  activate: on('fastest'),
  ...others,
});

async function partingOf(second: PartingRun, first = run(), to = 3) {
  return (await findParting(first, second, { to })).parting;
}

afterAll(() => tf.removeBackend('simd'));

describe('where two runs part', () => {
  it('is nowhere in one and the same, and nothing stays in memory', async () => {
    const steps: number[] = [];
    const { sha256, parting } = await findParting(run(), run(), {
      to: 3,
      onStep: (step) => steps.push(step),
    });
    expect({ parting, sha256 }).toEqual({ parting: null, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(steps).toEqual([1, 2, 3, 1, 2, 3]);
    const before = tf.memory().numTensors;
    expect(
      await partingOf(run({ seed: 1 }, { activate: undefined }), run({}, { activate: undefined })),
    ).toMatchObject({
      ...{ step: 0, operation: 'start' },
      layer: expect.stringMatching(/^model\./),
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is the update of the first layer, where the rate is another', async () => {
    const optimizer = sgd({ learningRate: 0.11, momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
    expect(await partingOf(run({ optimizer }))).toMatchObject({
      ...{ step: 1, operation: 'update', layer: 'stem.conv.weight' },
      difference: { at: 0 },
    });
  });

  it('is the step from which on the rate is another', async () => {
    const schedule = (gamma: number) => ({ name: 'multiStep', milestones: [0.2], gamma, warmup: 0 });
    const found = await partingOf(
      run({ schedule: schedule(0.5) } as never),
      run({ schedule: schedule(0.1) } as never),
      8,
    );
    expect(found).toMatchObject({ operation: 'update', layer: 'stem.conv.weight' });
    expect(found!.step).toBeGreaterThan(1);
  });

  it('is the batch, where the order of the pictures is another; the input, where they are mixed; the loss', async () => {
    const flipped = { ...data, train: { ...data.train, labels: data.train.labels.toReversed() } };
    expect(await partingOf(run({}, { data: flipped }))).toMatchObject({
      step: 1,
      operation: 'batch',
      layer: '',
    });
    const mix = { name: 'mixup', alpha: 0.4 } as const;
    expect(await partingOf(run({ mix } as never))).toMatchObject({ step: 1, operation: 'input' });
    const loss = { name: 'softmaxCrossEntropy', labelSmoothing: 0.2 };
    expect(await partingOf(run({ loss }))).toMatchObject({ step: 1, operation: 'loss' });
  });

  it('is the averages alone, where they decay otherwise', async () => {
    expect(await partingOf(run({ averageDecay: 0.01 }))).toMatchObject({
      ...{ step: 1, operation: 'average', layer: 'stem.conv.weight' },
    });
  });

  it('is an output, where the arithmetic is another, and the backend', async () => {
    const portable = await partingOf(run({}, { activate: on('portable') }));
    expect(portable).toMatchObject({ step: 1, operation: 'output', layer: expect.stringMatching(/^stem/) });
    const cpu = await partingOf(run({}, { activate: onCpu }), run(), 1);
    expect(cpu).toMatchObject({ step: 1, operation: 'output', layer: expect.stringMatching(/^stem/) });
  });

  it('is found from a checkpoint on, in the step that both compute from the same state', async () => {
    await on('fastest')();
    const begun = await computeAgain(undefined, undefined as never, {
      config,
      data,
      everySteps: 1,
      keepLast: 9,
    });
    for await (const event of begun.events) if (event.type === 'checkpoint' && event.step === 5) break;
    dispose(begun.model);
    expect(await storedSteps(begun.storage)).toContain(2);
    const from = () => readCheckpoint(begun.storage, checkpointName(2));
    const other = await from();
    const changed = { ...config, training: { ...config.training, gradientClipNorm: 1e-3 } };
    const [here, there] = [await from(), { ...(await from()), config: changed as never }];
    there.facts = { ...there.facts, gradientClipNorm: 1e-3 };
    const parting = await partingOf(
      run({ gradientClipNorm: 1e-3 }, { from: there }),
      run({}, { from: here }),
      4,
    );
    expect(parting).toMatchObject({ step: 3, operation: 'update' });
    const name = [...other.model.keys()][1]!;
    other.model.get(name)!.data[1]! += 1; // a weight, by hand
    expect(await partingOf(run({}, { from: other }), run({}, { from: here }), 4)).toMatchObject({
      ...{ step: 2, operation: 'start', layer: `model.${name}` },
      difference: { at: 1, count: 1 },
    });
  });
});
