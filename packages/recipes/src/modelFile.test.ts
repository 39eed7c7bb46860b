import '@tensorflow/tfjs-backend-cpu';
import { dispose, init, stateDict } from '@residual/blocks';
import { classNames } from '@residual/fashion-mnist';
import { models } from '@residual/models';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel } from './modelFile.js';
import type { Recipe } from './recipe.js';
import { recipes } from './recipes.js';

const recipe: Recipe = { ...recipes.quick, inputSize: [4, 4] };
const names = ['left', 'right'];

/** A model file of two classes. */
async function modelFile(): Promise<Uint8Array> {
  const model = init(models.resnet20.create({ numClasses: 2 }), [1, 4, 4, 1], { seed: 3 });
  const bytes = await encodeModel(model, { recipe, classNames: names });
  dispose(model);
  return bytes;
}

/** The same with something changed. */
async function changed(change: (tensors: Map<string, TensorData>, metadata: Record<string, string>) => void) {
  const { tensors, metadata } = decodeSafetensors(await modelFile(), 'model');
  const copies = { tensors: new Map(tensors), metadata: { ...metadata } };
  change(copies.tensors, copies.metadata);
  return encodeSafetensors(copies.tensors, copies.metadata);
}

describe('a model file', () => {
  it('gives back the network to the bit, with its recipe and class names', async () => {
    const model = init(models.resnet20.create({ numClasses: 2 }), [1, 4, 4, 1], { seed: 3 });
    const before = tf.memory().numTensors;
    const bytes = await encodeModel(model, { recipe, classNames: names });
    expect(tf.memory().numTensors).toBe(before);
    const decoded = decodeModel(bytes, 'model.safetensors');
    expect(decoded).toMatchObject({ recipe, classNames: names });
    const restored = stateDict(decoded.model);
    for (const [path, variable] of stateDict(model)) {
      expect(restored.get(path)!.dataSync(), path).toEqual(variable.dataSync());
    }
    dispose(decoded.model);
    expect(tf.memory().numTensors).toBe(before);
    dispose(model);
  });

  it('holds the weights of one moment, also when they change while it is written', async () => {
    const model = init(models.resnet20.create({ numClasses: 2 }), [1, 4, 4, 1], { seed: 3 });
    const writing = encodeModel(model, { recipe, classNames: names });
    for (const variable of stateDict(model).values()) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    expect(await writing).toEqual(await modelFile());
    dispose(model);
  });

  it('is of Fashion-MNIST where it names no classes', async () => {
    const model = init(models.resnet20.create(), [1, 4, 4, 1], { seed: 3 });
    const { tensors, metadata } = decodeSafetensors(
      await encodeModel(model, { recipe, classNames }),
      'model',
    );
    dispose(model);
    const { classNames: _, ...rest } = metadata;
    const decoded = decodeModel(encodeSafetensors(tensors, rest), 'model');
    expect(decoded.classNames).toEqual(classNames);
    dispose(decoded.model);
  });
});

describe('a wrong file', () => {
  const fix = 'Use the model.safetensors of a finished run.';

  it.each<[string, Parameters<typeof changed>[0], string]>([
    [
      'of another kind',
      (_, metadata) => Object.assign(metadata, { format: 'residual-checkpoint' }),
      `f: expected a model that this library wrote, received the format "residual-checkpoint". ${fix}`,
    ],
    [
      'of another program',
      (_, metadata) => void delete metadata.format,
      `f: expected a model that this library wrote, received no format. ${fix}`,
    ],
    [
      'without a recipe',
      (_, metadata) => void delete metadata.recipe,
      `f: expected a model that this library wrote, with its recipe, received other metadata. ${fix}`,
    ],
    [
      'with a recipe that makes no sense',
      (_, metadata) => Object.assign(metadata, { recipe: '{"model":"vgg16"}' }),
      `f: expected a model that this library wrote, with its recipe, received other metadata. ${fix}`,
    ],
    [
      'without one of the weights',
      (tensors) => void tensors.delete('stem.conv.weight'),
      `f: expected the weights of resnet20, as its metadata says, received those of another network. ${fix}`,
    ],
    [
      'with other classes than weights',
      (_, metadata) => Object.assign(metadata, { classNames: '["one"]' }),
      `f: expected the weights of resnet20, as its metadata says, received those of another network. ${fix}`,
    ],
    [
      'with a weight that is not a number',
      (tensors) =>
        void tensors.set('head.linear.bias', {
          dtype: 'F32',
          shape: [2],
          data: Float32Array.of(0, Number.NaN),
        }),
      `f: head.linear.bias: expected finite weights, received NaN at position 1. ${fix}`,
    ],
  ])('%s is refused, and keeps no tensor', async (_, change, message) => {
    const bytes = await changed(change);
    const before = tf.memory().numTensors;
    expect(() => decodeModel(bytes, 'f')).toThrow(expect.objectContaining({ code: 'MODEL', message }));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('that is cut off, or no safetensors file at all, is refused as such', async () => {
    const bytes = await modelFile();
    for (const part of [bytes.subarray(0, 5000), new TextEncoder().encode('<html>not found</html>')]) {
      expect(() => decodeModel(part, 'f')).toThrow(expect.objectContaining({ name: 'WeightsError' }));
    }
  });
});
