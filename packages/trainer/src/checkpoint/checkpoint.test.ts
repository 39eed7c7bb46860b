import type { StateValue } from '@residual/blocks';
import { uniforms } from '@residual/random';
import { decodeSafetensors, encodeSafetensors } from '@residual/weights';
import { describe, expect, it } from 'vitest';
import { tinyFacts } from '../../test/tiny.js';
import {
  type CheckpointState,
  type CheckpointTensors,
  checkpointFile,
  decodeCheckpoint,
  encodeSealed,
  weightsOf,
} from './checkpoint.js';
import { DIGEST_BYTES, digest } from './digest.js';

const state: CheckpointState = {
  step: 7,
  epoch: 2,
  batch: 1,
  config: { recipe: 'é' },
  facts: { ...tinyFacts, labelSmoothing: 0.1, learningRates: [[0, 0.1 + 0.2]] },
  backend: 'cpu',
  arithmetic: { multiplyAdd: 'fused' },
  history: [{ epoch: 1, step: 6, trainLoss: 1 / 3, trainAccuracy: 0.1, learningRate: Number.MIN_VALUE }],
  epochSums: { loss: Math.PI, correct: 3, examples: 8 },
  logSums: { loss: 1e-300, correct: 0, examples: 8 },
};

const value = (length: number, seed: number): StateValue => ({
  shape: [length],
  data: uniforms({ seed, purpose: 'test' }, length, { min: -1 }),
});

const tensors: CheckpointTensors = {
  model: new Map([
    ['model.weight', value(5000, 1)],
    ['bias', { shape: [], data: Float32Array.of(-0) }],
  ]),
  slots: new Map([
    ['m', new Map([['model.weight', value(5000, 2)]])],
    ['v', new Map([['model.weight', value(5000, 4)]])],
  ]),
  averages: new Map([['model.weight', value(5000, 3)]]),
};

const bytes = await encodeSealed(checkpointFile(tensors, state));

describe('a checkpoint', () => {
  it('comes back to the last bit', async () => {
    const decoded = await decodeCheckpoint(bytes, 'x');
    expect(decoded).toEqual({ ...tensors, ...state, name: 'x', passedOver: [] });
    expect(Object.is(decoded.model.get('bias')?.data[0], -0)).toBe(true);
    expect(await encodeSealed(checkpointFile(decoded, state))).toEqual(bytes);
  });

  it('is a safetensors file that any reader can open', () => {
    expect([...decodeSafetensors(bytes).tensors.keys()]).toEqual([
      'model.model.weight',
      'model.bias',
      'slot.m.model.weight',
      'slot.v.model.weight',
      'average.model.weight',
      'sha256',
    ]);
  });

  it('has no slots or averages where there were none', async () => {
    const decoded = await decodeCheckpoint(
      await encodeSealed(checkpointFile({ model: tensors.model, slots: new Map() }, state)),
      'x',
    );
    expect(decoded.slots.size).toBe(0);
    expect(decoded.averages).toBeUndefined();
    expect(weightsOf(decoded)).toEqual(tensors.model);
  });

  it('is not copied to be read, also where it lies in the middle of a buffer; shared memory is read too', async () => {
    const decoded = await decodeCheckpoint(bytes, 'x');
    for (const { data } of decoded.model.values()) expect(data.buffer).toBe(bytes.buffer);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 8), 8);
    shared.set(bytes);
    expect((await decodeCheckpoint(shared, 'x')).model).toEqual(decoded.model);
  });

  it('evaluates with its averages, and with its own values where nothing is averaged', () => {
    const weights = weightsOf(tensors);
    expect(weights.get('model.weight')).toBe(tensors.averages?.get('model.weight'));
    expect(weights.get('bias')).toBe(tensors.model.get('bias'));
  });
});

describe('a damaged checkpoint', () => {
  const refusal = {
    name: 'TrainerError',
    code: 'FORMAT',
    message: expect.stringMatching(/^run\/x: expected/),
  };

  it('is refused with one bit flipped at each of 1,000 offsets (corpus 89)', async () => {
    const random = uniforms({ seed: 1, purpose: 'offset' }, 1000, { max: bytes.length });
    const offsets = Array.from(random, Math.floor);
    offsets.splice(0, 2, 0, bytes.length - 1);
    for (const [i, offset] of offsets.entries()) {
      const flipped = bytes.slice();
      flipped[offset]! ^= 1 << (i % 8);
      await expect(decodeCheckpoint(flipped, 'run/x')).rejects.toMatchObject(refusal);
    }
  });

  it('is refused when it is cut off at every 4 KB, or nearly empty (corpus 90)', async () => {
    const lengths = [0, 1, 7, 31, 32, 33, bytes.length - 1];
    for (let length = 4096; length < bytes.length; length += 4096) lengths.push(length);
    expect(lengths.length).toBeGreaterThan(20);
    for (const length of lengths) {
      await expect(decodeCheckpoint(bytes.subarray(0, length), 'run/x')).rejects.toMatchObject(refusal);
    }
  });

  it('is refused when it is a file of another kind', async () => {
    const signed = async (content: Uint8Array<ArrayBuffer>) => {
      content.set(await digest(content.slice(0, -DIGEST_BYTES)), content.length - DIGEST_BYTES);
      return content;
    };
    const digestTensor = { dtype: 'U8', shape: [DIGEST_BYTES], data: new Uint8Array(DIGEST_BYTES) } as const;
    const weights = encodeSafetensors(new Map([['sha256', digestTensor]]), { format: 'pt' });
    const files = [weights.slice(), await signed(weights.slice()), await signed(new Uint8Array(100))];
    for (const file of files) {
      await expect(decodeCheckpoint(file, 'run/x')).rejects.toMatchObject(refusal);
    }
  });

  it.each(['{', 's', 'null', '{}', '{"facts":{},"history":7,"epochSums":{},"logSums":{}}'])(
    'is refused when its hash is right and its state is %s',
    async (state) => {
      const { tensors: stored, metadata } = decodeSafetensors(bytes);
      const other = encodeSafetensors(stored, { ...metadata, state });
      other.set(await digest(other.slice(0, -DIGEST_BYTES)), other.length - DIGEST_BYTES);
      await expect(decodeCheckpoint(other, 'run/x')).rejects.toMatchObject(refusal);
    },
  );

  it.each([
    [3, 'Update @residual/trainer to the version that wrote it.'],
    [
      1,
      'An earlier @residual/trainer wrote it: finish the run with that one, or start it again with this one.',
    ],
  ])('says so when it is not damaged but of version %i (corpus 92)', async (version, fix) => {
    const { tensors: stored, metadata } = decodeSafetensors(bytes);
    const other = encodeSafetensors(stored, { ...metadata, version: String(version) });
    other.set(await digest(other.slice(0, -DIGEST_BYTES)), other.length - DIGEST_BYTES);
    await expect(decodeCheckpoint(other, 'run/x')).rejects.toMatchObject({
      code: 'VERSION',
      message: `run/x: expected a checkpoint of version 2, received version ${version}. ${fix}`,
    });
  });
});
