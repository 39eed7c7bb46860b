import '@tensorflow/tfjs-backend-cpu';
import { BatchNorm2d, Conv2d, dispose, Linear, Module, readStateDict, Sequential } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { eventsOf, tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { Classifier } from '../judge/evaluate.js';
import type { TrainOptions } from '../options.js';
import { constantRate } from '../schedule/steps.js';
import { memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { adam } from './adam.js';
import { sgd } from './descent.js';
import { groupedParameters, type ParameterGroup } from './groups.js';
import { trainStep } from './trainStep.js';

async function outcomeOf(options: Partial<TrainOptions>, stopAt?: number) {
  const model = tinyModel();
  try {
    const before = await readStateDict(model);
    let end: object | undefined;
    for await (const event of train(tinyRun({ model, ...options }))) {
      end = event;
      if (event.type === 'checkpoint' && event.step === stopAt) break;
    }
    return { before, after: await readStateDict(model), end };
  } finally {
    dispose(model);
  }
}

describe('what is frozen', () => {
  const groups = [
    { pattern: 'conv', frozen: true },
    { pattern: 'bn', frozen: true },
  ];

  it('does not move by a bit, statistics included; the rest learns', async () => {
    const { before, after } = await outcomeOf({ groups });
    for (const [path, value] of after) {
      if (path.startsWith('linear')) expect(value).not.toEqual(before.get(path));
      else expect(value, path).toEqual(before.get(path));
    }
  });

  it('is in the checkpoint, has no slots there, and a resumed run is equal to the bit', async () => {
    const storage = memoryStorage();
    const whole = await outcomeOf({ groups });
    await outcomeOf({ groups, checkpoints: { storage, everySteps: 1 } }, 8);
    const resume = (await latestCheckpoint(storage))!;
    expect(resume.facts).toMatchObject({
      groups,
      frozen: ['conv.weight', 'conv.bias', 'bn.scale', 'bn.offset'],
    });
    expect([...resume.slots.get('velocity')!.keys()]).toEqual(['linear.weight', 'linear.bias']);
    expect([...resume.averages!.keys()]).toEqual(['linear.weight', 'linear.bias']);
    const resumed = await outcomeOf({ groups, resume });
    expect(resumed.after).toEqual(whole.after);
    expect(resumed.end).toEqual(whole.end);
    await expect(outcomeOf({ resume })).rejects.toThrow(/groups .*, received groups nothing, frozen nothing/);
  });

  it('is trained again when the run is over, and leaves no tensor', async () => {
    const tensors = tf.memory().numTensors;
    const model = tinyModel();
    await eventsOf(tinyRun({ model, groups, maxEpochs: 1 }));
    expect(model.conv.weight.trainable && model.bn.scale.trainable).toBe(true);
    dispose(model);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('costs no backward pass: gradients end where nothing below is trained', async () => {
    const model = tinyModel();
    const kernels = async (frozen: readonly ParameterGroup[]) => {
      const step = trainStep(model, { optimizer: sgd({ learningRate: 0.1 }), groups: frozen });
      const x = tf.ones([2, 6, 6, 1]) as tf.Tensor4D;
      const labels = tf.tensor1d([0, 1], 'int32');
      const { kernels } = await tf.profile(() => step(x, labels));
      step.dispose();
      tf.dispose([x, labels]);
      return kernels.map(({ name }) => name).filter((name) => /residual.*Gradient$/.test(name));
    };
    expect(await kernels([])).toEqual(
      expect.arrayContaining(['residual/batchNormGradient', 'residual/conv2dFilterGradient']),
    );
    const few = await kernels(groups);
    expect(few.some((name) => /batchNorm|conv2d|globalAveragePool/.test(name))).toBe(false);
    // A frozen normalisation above something trained passes its gradient on, by its statistics.
    const through = await kernels([{ pattern: 'bn', frozen: true }]);
    expect(through).toContain('residual/batchNormInferenceGradient');
    expect(through).toContain('residual/conv2dFilterGradient');
    dispose(model);
  });
});

describe('what is frozen until an epoch', () => {
  const groups = ['conv', 'bn'].map((pattern) => ({ pattern, frozen: true, unfreezeAt: 2 }));
  const paths = ['linear.weight', 'linear.bias', 'conv.weight', 'conv.bias', 'bn.scale', 'bn.offset'];

  it('stands still until then, statistics included, and learns from then on', async () => {
    const model = tinyModel();
    const before = await readStateDict(model);
    const seen: Awaited<ReturnType<typeof readStateDict>>[] = [];
    const isTrained: boolean[] = [];
    for await (const event of train(tinyRun({ model, groups, averageDecay: undefined }))) {
      if (event.type === 'epoch') seen.push(await readStateDict(model));
      if (event.type === 'step') isTrained.push(model.conv.weight.trainable);
    }
    const [first, second] = seen;
    for (const [path, value] of before) {
      if (path.startsWith('linear')) expect(first!.get(path), path).not.toEqual(value);
      else expect(first!.get(path), path).toEqual(value);
      expect(second!.get(path), path).not.toEqual(first!.get(path));
    }
    expect(isTrained).toEqual([false, false, true, true, true, true]);
    dispose(model);
  });

  it('begins with steps of its own: the first of Adam moves by the rate, however late', async () => {
    const model = tinyModel();
    const optimizer = adam({ learningRate: 0.01 });
    const run = { model, groups, optimizer, averageDecay: undefined, schedule: constantRate(), logEvery: 1 };
    let before: Float32Array | undefined;
    let moved: number[] = [];
    for await (const event of train(tinyRun(run))) {
      const values = Float32Array.from(model.bn.offset.value.dataSync());
      if (event.type === 'step' && event.step === 7)
        moved = [...values.map((value, i) => Math.abs(value - before![i]!))];
      before = values;
    }
    for (const distance of moved) expect(distance).toBeCloseTo(0.01, 4); // lr * g / (|g| + epsilon)
    expect(moved).toHaveLength(4);
    dispose(model);
  });

  it.each([3, 6, 8, 12])('goes on after step %i to equal bits', async (stopAt) => {
    const storage = memoryStorage();
    const whole = await outcomeOf({ groups });
    await outcomeOf({ groups, checkpoints: { storage, everySteps: 1 } }, stopAt);
    const resume = (await latestCheckpoint(storage))!;
    expect(resume.facts).toMatchObject({ groups });
    expect(resume.facts).not.toHaveProperty('frozen');
    expect(new Set(resume.slots.get('velocity')!.keys())).toEqual(
      new Set(stopAt < 6 ? paths.slice(0, 2) : paths),
    );
    const resumed = await outcomeOf({ groups, resume });
    expect(resumed.after).toEqual(whole.after);
    expect(resumed.end).toEqual(whole.end);
  });

  it('leaves no tensor', async () => {
    const tensors = tf.memory().numTensors;
    const model = tinyModel();
    await eventsOf(tinyRun({ model, groups, recover: async () => false }));
    dispose(model);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

function expectClose(values: ArrayLike<number>, expected: (i: number) => number): void {
  for (let i = 0; i < values.length; i++) expect(values[i]).toBeCloseTo(expected(i), 6);
}

describe('groups', () => {
  it('scale the rate and replace the decay of what they match, the last one that says something', () => {
    const model = tinyModel();
    const before = model.conv.weight.value.dataSync().slice();
    const moved = (options: { groups?: ParameterGroup[]; layerDecay?: number }) => {
      const step = trainStep(model, { optimizer: sgd({ learningRate: 0.5, weightDecay: 0.1 }), ...options });
      const change = tf.tidy(() => {
        const old = model.conv.weight.value.clone();
        step(tf.ones([2, 6, 6, 1]) as tf.Tensor4D, tf.tensor1d([0, 1], 'int32'));
        const difference = tf.sub(model.conv.weight.value, old).dataSync();
        model.conv.weight.value.assign(old);
        return difference;
      });
      step.dispose();
      return change;
    };
    // Alike pictures have no gradient after a batch normalisation: what moves is decay alone.
    const plain = moved({});
    expectClose(plain, (i) => -0.05 * before[i]!);
    const scaled = moved({ groups: [{ pattern: 'conv', learningRateScale: 0.1 }] });
    expectClose(scaled, (i) => 0.1 * plain[i]!);
    const decayed = moved({
      groups: [
        { pattern: '**', learningRateScale: 0.1, weightDecay: 0.7 },
        { pattern: 'conv', weightDecay: 0.2 },
      ],
    });
    expectClose(decayed, (i) => 0.2 * plain[i]!);
    const byLayer = moved({ layerDecay: 0.5 }); // conv, bn, pool, linear
    expectClose(byLayer, (i) => 0.125 * plain[i]!);
    dispose(model);
  });

  it("layerDecay is timm's: of resnet18, 0.7", () => {
    class Deep extends Module<tf.Tensor4D, tf.Tensor2D> {
      readonly stem = new Conv2d(4, 3);
      readonly stages = Array.from({ length: 4 }, () => new Sequential(new Conv2d(4, 3), new BatchNorm2d()));
      readonly head = new Linear(2);
      forward(): tf.Tensor2D {
        throw new Error('never run');
      }
    }
    const scales = [...groupedParameters(new Deep() as Classifier, { layerDecay: 0.7 })];
    // timm 1.0.31: param_groups_layer_decay(create_model('resnet18'), layer_decay=0.7), a layer after the other
    const timm = [0.040354, 0.057648, 0.082354, 0.117649, 0.16807, 0.2401, 0.343, 0.49, 0.7, 1];
    expect([
      ...new Set(scales.map(([, { learningRateScale }]) => Number(learningRateScale.toFixed(6)))),
    ]).toEqual(timm);
    expect(Object.fromEntries(scales)['stages.3.1.offset']?.learningRateScale).toBe(0.7);
  });

  it.each<[Partial<TrainOptions>, string]>([
    [
      { groups: [{ pattern: 'head' }] },
      'groups[0]: pattern: expected one of the model\'s paths, received "head". There are conv, bn, pool, linear, and what is inside them.',
    ],
    [{ groups: [{ pattern: '**', frozen: true }] }, 'groups: expected something that is trained'],
    [
      { groups: [{ pattern: 'conv', learningRateScale: 0 }] },
      'groups[0]: learningRateScale: expected a number above 0, received 0.',
    ],
    [
      { groups: [{ pattern: 'conv', weightDecay: Number.NaN }] },
      'groups[0]: weightDecay: expected a number of at least 0, received NaN.',
    ],
    [
      { groups: [{ pattern: 'conv', weightDecay: 0, frozen: true }] },
      'groups[0]: expected no rate and no decay for what is frozen',
    ],
    [
      { groups: [{ pattern: 'conv', unfreezeAt: 2 }] },
      'groups[0]: unfreezeAt: expected a later epoch of what is frozen, received 2.',
    ],
    [
      { groups: [{ pattern: 'conv', frozen: true, unfreezeAt: 1 }] },
      'groups[0]: unfreezeAt: expected a later epoch of what is frozen, received 1.',
    ],
    [
      { groups: [{ pattern: 'conv', frozen: true, unfreezeAt: 4 }] },
      'groups[0]: unfreezeAt: expected one of 3 epochs, received 4.',
    ],
    [{ layerDecay: 0 }, 'layerDecay: expected a number above 0 and at most 1, received 0.'],
  ])('refuses %j', async (options, message) => {
    await expect(outcomeOf(options)).rejects.toThrow(message);
  });

  it("have no epochs in a loop of one's own", () => {
    const model = tinyModel();
    const groups = [{ pattern: 'conv', frozen: true, unfreezeAt: 2 }];
    expect(() => trainStep(model, { optimizer: sgd({ learningRate: 0.1 }), groups })).toThrow(
      'groups[0]: unfreezeAt: expected none in a loop without epochs, received 2.',
    );
    dispose(model);
  });
});
