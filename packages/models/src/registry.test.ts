import '@tensorflow/tfjs-backend-cpu';
import { GlobalAveragePool, Linear, layerSummary, Sequential } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModelsError } from './error.js';
import { isModelName, type ModelOptions, models } from './factories.js';
import { dispose, init, predict } from './index.js';
import { defineModel, findModel } from './registry.js';

beforeAll(() => tf.setBackend('cpu'));

describe('models', () => {
  it.each(Object.values(models))('$name has $parameters parameters', (description) => {
    const before = tf.memory().numTensors;
    const { create, inputShape, numClasses, parameters } = description;
    const summary = layerSummary(create(), [1, ...inputShape]);
    expect(summary.parameters).toBe(parameters);
    expect(summary.layers.at(-1)?.outputShape).toEqual([1, numClasses]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(Object.values(models))('$name takes 40x24 pictures in colour, of 13 classes', ({ create }) => {
    const { layers } = layerSummary(create({ numClasses: 13 }), [2, 40, 24, 3]);
    expect(layers.at(-1)?.outputShape).toEqual([2, 13]);
    expect(layers.at(-2)?.outputShape.slice(1, 3)).toEqual(layers.length === 5 ? [10, 6] : [2, 1]); // of three stages, a quarter
  });

  it.each(['resnet20', 'd2l-resnet18'] as const)('%s computes with such pictures', (name) => {
    const before = tf.memory().numTensors;
    const model = init(findModel(name).create({ numClasses: 13 }), [1, 40, 24, 3], { seed: 0 });
    const x = tf.randomUniform<tf.Rank.R4>([1, 40, 24, 3], 0, 1, 'float32', 1);
    const logits = predict(model, x);
    const values = logits.dataSync();
    expect(values).toHaveLength(13);
    expect(new Set(values).size).toBe(13);
    expect(values.every(Number.isFinite)).toBe(true);
    tf.dispose([x, logits]);
    dispose(model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are found by the names of a command line', () => {
    expect(isModelName('d2l-resnet18')).toBe(true);
    expect(isModelName('toString')).toBe(false);
    expect(findModel('resnet18')).toBe(models.resnet18);
    expect(findModel('ResNeXt50_32x4d')).toBe(models['resnext50-32x4d']);
  });
});

type WideOptions = ModelOptions & { width?: number };

const linear = ({ numClasses = 4, width = 2 }: WideOptions = {}) =>
  new Sequential<tf.Tensor4D, tf.Tensor2D>(
    new GlobalAveragePool(),
    new Linear(width),
    new Linear(numClasses),
  );

describe('defineModel', () => {
  it('adds a row, whose defaults are enough for a summary', () => {
    const row = defineModel({ name: 'linear', create: linear });
    expect(findModel('linear')).toBe(row);
    expect(row).toEqual({
      name: 'linear',
      version: 1,
      summary: 'A network of your own',
      create: linear,
      inputShape: [224, 224, 3],
      numClasses: 1000,
    });
    const { create, inputShape, numClasses } = row;
    expect(layerSummary(create({ numClasses }), [1, ...inputShape]).parameters).toBe(
      3 * 2 + 2 + 2 * 1000 + 1000,
    );
  });

  it('keeps versions apart, and finds the newest', () => {
    const versions = [2, 10, 1].map((version) =>
      defineModel({
        name: 'versions',
        version,
        create: () => linear(),
        inputShape: [8, 8, 1],
        numClasses: 3,
      }),
    );
    expect(findModel('versions')).toBe(versions[1]);
    expect(findModel('versions', 2)).toBe(versions[0]);
    expect(() => findModel('versions', 3)).toThrow(
      'findModel: expected a known network, received "versions", version 3. There is version 1, 2, 10. ' +
        'Import the module that defines any other, with defineModel, first.',
    );
  });

  it('is the same row again with the same factory, and refused with another', () => {
    const row = defineModel({ name: 'once', create: linear });
    expect(defineModel({ name: 'once', create: linear })).toBe(row);
    const again = () => defineModel({ name: 'Once', create: () => linear() });
    expect(again).toThrow(ModelsError);
    expect(again).toThrow(
      expect.objectContaining({
        code: 'TAKEN',
        where: 'defineModel: name',
        expected: 'each name and version once',
        received: '"Once", version 1, again',
      }),
    );
    expect(findModel('once').create).toBe(linear);
  });

  it.each(['resnet20', 'resnext50_32x4d'])('leaves %s as it is', (name) => {
    expect(() => defineModel({ name, version: 2, create: linear })).toThrow(
      `defineModel: name: expected a name that is not built in, received "${name}". Choose another name.`,
    );
  });

  it.each([
    ['name', { name: '' }, '""'],
    ['name', { name: 'two words' }, '"two words"'],
    ['version', { version: 0 }, '0'],
    ['create', { create: undefined as never }, 'undefined'],
    ['inputShape', { inputShape: [28, 28] as never }, '[28,28]'],
    ['numClasses', { numClasses: 1.5 }, '1.5'],
  ])('refuses a %s that makes no sense', (field, part, received) => {
    const define = () => defineModel({ name: 'refused', create: linear, ...part });
    expect(define).toThrow(
      expect.objectContaining({ code: 'OPTION', where: `defineModel: ${field}`, received }),
    );
  });
});

describe('findModel', () => {
  it('names what there is, and how to have more', () => {
    defineModel({ name: 'listed', create: linear });
    expect(() => findModel('resnet19')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN',
        received: '"resnet19"',
        fix: expect.stringMatching(
          /^There are d2l-resnet18, resnet20, .*listed\. Import the module that defines any other, with defineModel, first\.$/,
        ),
      }),
    );
    expect(() => findModel('resnet20', 1)).toThrow(
      '"resnet20", version 1. This one is built in and has no versions',
    );
    expect(() => findModel('toString')).toThrow(ModelsError);
  });
});
