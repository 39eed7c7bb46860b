import '../test/onSimd.js';
import { dispose, stateDict } from '@residual/blocks';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { task } from '../test/tiny.js';
import { decodeModel, encodeModel } from './modelFile.js';
import { type ModelFacts, newModel } from './network.js';

const facts: ModelFacts = { task, model: { name: 'resnet20' } };

async function modelFile(): Promise<Uint8Array> {
  const model = newModel(facts, 3);
  const bytes = await encodeModel(model, facts);
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
  it('asks for a backend where there is none', async () => {
    const bytes = await modelFile();
    const engine: object = tf.engine();
    const before = { ...engine };
    Object.assign(engine, { backendName: undefined, backendInstance: null, registryFactory: {} });
    try {
      expect(() => decodeModel(bytes, 'model.safetensors')).toThrow(
        expect.objectContaining({
          code: 'BACKEND',
          message: expect.stringMatching(
            /^model\.safetensors: expected a backend of TensorFlow\.js, received none\. Choose one first: /,
          ),
        }),
      );
    } finally {
      Object.assign(engine, before);
    }
  });

  it('gives back a colour network to the bit, with its task', async () => {
    const model = newModel(facts, 3);
    const before = tf.memory().numTensors;
    const bytes = await encodeModel(model, facts);
    expect(tf.memory().numTensors).toBe(before);
    const decoded = decodeModel(bytes, 'model.safetensors');
    expect(decoded.facts).toEqual(facts);
    const restored = stateDict(decoded.model);
    for (const [path, variable] of stateDict(model)) {
      expect(restored.get(path)!.dataSync(), path).toEqual(variable.dataSync());
    }
    dispose(decoded.model);
    expect(tf.memory().numTensors).toBe(before);
    dispose(model);
  });

  it('holds the weights of one moment, also when they change while it is written', async () => {
    const model = newModel(facts, 3);
    const writing = encodeModel(model, facts);
    for (const variable of stateDict(model).values()) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    expect(await writing).toEqual(await modelFile());
    dispose(model);
  });
});

describe('a wrong file', () => {
  const fix = 'Use the model.safetensors of a finished run.';

  it.each<[string, Parameters<typeof changed>[0], string, string]>([
    [
      'of another kind',
      (_, metadata) => Object.assign(metadata, { format: 'residual-checkpoint' }),
      'MODEL',
      `f: expected a model that this library wrote, received the format "residual-checkpoint". ${fix}`,
    ],
    [
      'of another program',
      (_, metadata) => void delete metadata.format,
      'MODEL',
      `f: expected a model that this library wrote, received no format. ${fix}`,
    ],
    [
      'of an older form',
      (_, metadata) => void delete metadata.version,
      'VERSION',
      'f: expected a model file of version 2, received version 1. It is of an older form: train it again.',
    ],
    [
      'of a newer form',
      (_, metadata) => Object.assign(metadata, { version: '3' }),
      'VERSION',
      'f: expected a model file of version 2, received version 3. Update @residual/runs to the version that wrote it.',
    ],
    [
      'of a form that is no number',
      (_, metadata) => Object.assign(metadata, { version: '\n' }),
      'VERSION',
      'f: expected a model file of version 2, received version "\\n". It is of an older form: train it again.',
    ],
    [
      'without a task',
      (_, metadata) => void delete metadata.task,
      'MODEL',
      'f: expected its task and its network in the metadata, received others (',
    ],
    [
      'with a network that is no JSON, over several lines',
      (_, metadata) => Object.assign(metadata, { model: '{"name":\nresnet20}' }),
      'MODEL',
      'f: expected its task and its network in the metadata, received others (',
    ],
    [
      'of a network that is not there',
      (_, metadata) => Object.assign(metadata, { model: '{"name":"vgg16"}' }),
      'MISSING_PIECE',
      'model: expected a model that is defined, received "vgg16", which nothing has defined. Correct the name: ',
    ],
    [
      'without one of the weights',
      (tensors) => void tensors.delete('stem.conv.weight'),
      'MODEL',
      'missing: stem.conv.weight',
    ],
    [
      'with other classes than weights',
      (_, metadata) => Object.assign(metadata, { task: JSON.stringify({ ...task, classNames: ['one'] }) }),
      'MODEL',
      'f: expected the weights of resnet20, as its metadata says, received others (',
    ],
    [
      'with a weight of another type',
      (tensors) =>
        void tensors.set('head.linear.bias', { dtype: 'U8', shape: [13], data: new Uint8Array(13) }),
      'MODEL',
      `f: head.linear.bias: expected float32 values (F32), received U8. ${fix}`,
    ],
    [
      'with a weight that is not a number',
      (tensors) =>
        void tensors.set('head.linear.bias', {
          dtype: 'F32',
          shape: [13],
          data: new Float32Array(13).fill(Number.NaN, 1, 2),
        }),
      'MODEL',
      `f: head.linear.bias: expected finite weights, received NaN at position 1. ${fix}`,
    ],
  ])('%s is refused, and keeps no tensor', async (_, change, code, message) => {
    const bytes = await changed(change);
    const before = tf.memory().numTensors;
    let error: unknown;
    try {
      decodeModel(bytes, 'f');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error).toHaveProperty('message', expect.not.stringContaining('\n'));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('that is cut off, or no safetensors file at all, is refused as such', async () => {
    const bytes = await modelFile();
    for (const part of [bytes.subarray(0, 5000), new TextEncoder().encode('<html>not found</html>')]) {
      expect(() => decodeModel(part, 'f')).toThrow(expect.objectContaining({ name: 'WeightsError' }));
    }
  });
});
