import '@tensorflow/tfjs-backend-cpu';
import { layerSummary, stateShapes } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { definedModels, dispose, findModel, init, models, predict } from '../index.js';
import { type FamilyName, familyModels } from './index.js';

beforeAll(() => tf.setBackend('cpu'));

// Of each kind the smallest; family.slow.test.ts has all.
const SMALL: FamilyName[] = ['cifar-resnet20', 'cifar-plain20', 'wrn-16-4', 'highway20', 'd2l-inception'];

describe('the family', () => {
  it('is found by name once it is imported, beside the others', () => {
    expect(findModel('SEResNeXt26d_32x4d')).toBe(familyModels['seresnext26d-32x4d']);
    expect(findModel('resnet18')).toBe(models.resnet18);
    expect(definedModels().length).toBe(Object.keys(models).length + Object.keys(familyModels).length);
    expect(Object.keys(familyModels).filter((name) => name in models)).toEqual([]);
  });

  it.each(SMALL)('%s has its parameters, and takes other pictures and classes', (name) => {
    const { create, inputShape, parameters } = familyModels[name];
    expect(layerSummary(create(), [1, ...inputShape]).parameters).toBe(parameters);
    const { layers } = layerSummary(create({ numClasses: 13 }), [2, 40, 24, 1]);
    expect(layers.at(-1)?.outputShape).toEqual([2, 13]);
  });

  it('starts a highway with its gates nearly shut', () => {
    const model = init(familyModels.highway20.create(), [1, 8, 8, 1], { seed: 0 });
    const x = tf.ones<tf.Rank.R4>([1, 8, 8, 1]);
    const logits = predict(model, x);
    expect([...logits.dataSync()].every(Number.isFinite)).toBe(true);
    const paths = [...stateShapes(model, [1, 8, 8, 1]).keys()].filter((path) =>
      path.endsWith('transformGate.bias'),
    );
    expect(paths).toHaveLength(16); // 18 layers, two of which are plain
    tf.dispose([x, logits]);
    dispose(model);
  });
});
