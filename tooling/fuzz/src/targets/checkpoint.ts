import { createHash } from 'node:crypto';
import { decodeCheckpoint } from '../../../../packages/trainer/src/checkpoint/checkpoint.js';
import type { TensorData } from '../../../../packages/weights/src/dtypes.js';
import { encodeSafetensors } from '../../../../packages/weights/src/encode.js';
import type { Target } from '../parser.ts';

const HASH = 32;
const weight: TensorData = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) };
const hash: TensorData = { dtype: 'U8', shape: [HASH], data: new Uint8Array(HASH) };

const checkpoint = (tensors: readonly string[], metadata: Record<string, string>) => {
  const named = new Map<string, TensorData>(tensors.map((name) => [name, weight]));
  return signed(encodeSafetensors(named.set('sha256', hash), metadata));
};

function signed(bytes: Uint8Array): Uint8Array {
  if (bytes.length < HASH) return bytes;
  const copy = Uint8Array.from(bytes);
  const end = copy.length - HASH;
  copy.set(createHash('sha256').update(copy.subarray(0, end)).digest(), end);
  return copy;
}

const state = JSON.stringify({
  step: 1,
  epoch: 0,
  examples: 2,
  backend: 'simd',
  facts: {
    optimizer: { name: 'sgd' },
    loss: null,
    learningRates: [[0, 0.1]],
    data: { name: 'x', shape: [1] },
  },
  history: { epochs: [] },
  epochSums: {},
  logSums: {},
});
const metadata = { format: 'residual-checkpoint', version: '2', state };

export const target: Target = {
  seeds: () => [
    checkpoint(['model.a', 'slot.velocity.a', 'average.a', 'swa.a'], metadata),
    checkpoint(['model.a'], { ...metadata, version: '3' }),
    checkpoint(['model.a'], { ...metadata, version: '1' }),
    checkpoint(['other.a'], metadata),
    checkpoint([], { format: 'pt' }),
    checkpoint([], { ...metadata, state: '{' }),
    new Uint8Array(3),
  ],
  parse: (bytes) => decodeCheckpoint(bytes, 'epoch-1.safetensors'),
  repair: signed,
};
