import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openWeights, sourceOfBytes, type TensorData, type WeightsFile } from '../src/index.js';

// Written by tooling/fixtures/checkpoints.py with PyTorch 2.15.0 and 1.13.1.
const infinity = Number.POSITIVE_INFINITY;
const base = Float32Array.from({ length: 24 }, (_, i) => i);
const expected: Record<string, TensorData> = {
  f32: { dtype: 'F32', shape: [4], data: Float32Array.of(0, -1.5, 0.1, infinity) },
  f16: { dtype: 'F16', shape: [4], data: Uint16Array.of(0, 0xbe00, 0x2e66, 0x7c00) },
  bf16: { dtype: 'BF16', shape: [4], data: Uint16Array.of(0, 0xbfc0, 0x3dcd, 0x7f80) },
  f64: { dtype: 'F64', shape: [4], data: Float64Array.of(0, -1.5, 0.1, infinity) },
  i64: { dtype: 'I64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  i32: { dtype: 'I32', shape: [2], data: Int32Array.of(-2, 3) },
  i16: { dtype: 'I16', shape: [2], data: Int16Array.of(-2, 3) },
  i8: { dtype: 'I8', shape: [2], data: Int8Array.of(-2, 3) },
  u8: { dtype: 'U8', shape: [2], data: Uint8Array.of(2, 200) },
  bool: { dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) },
  scalar: { dtype: 'F32', shape: [], data: Float32Array.of(7) },
  empty: { dtype: 'F32', shape: [3, 0, 2], data: new Float32Array(0) },
  parameter: { dtype: 'F32', shape: [2], data: Float32Array.of(5, 6) },
  whole: { dtype: 'F32', shape: [2, 3, 4], data: base },
  transposed: {
    dtype: 'F32',
    shape: [6, 4],
    data: base.map((_, i) => 6 * (i % 4) + Math.floor(i / 4)),
  },
  gaps: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(7, 10, 19, 22) },
  offset: { dtype: 'F32', shape: [4], data: Float32Array.of(20, 21, 22, 23) },
  channelsLast: { dtype: 'F32', shape: [1, 2, 3, 4], data: base },
};

function open(name: string): Promise<WeightsFile> {
  const bytes = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
  return openWeights(sourceOfBytes(bytes, name));
}

async function valuesOf({ tensors }: WeightsFile): Promise<Record<string, TensorData>> {
  const read = [...tensors].map(async ([name, tensor]) => [name, await tensor.read()] as const);
  return Object.fromEntries(await Promise.all(read));
}

describe("PyTorch's files", () => {
  it.each([
    ['torch2.15-zip.pth', 'the form of today'],
    ['torch2.15-legacy.pth', 'the form before 1.6'],
    ['torch1.13-zip.pth', 'of PyTorch 1.13'],
    ['torch1.13-legacy.pth', 'of PyTorch 1.13, in the form before 1.6'],
  ])('%s, %s: every type, shared storages, windows with strides', async (name) => {
    const file = await open(name);
    expect(file).toMatchObject({ name, format: 'PyTorch' });
    expect(file.inside).toBeUndefined();
    expect([...file.tensors.keys()]).toEqual(Object.keys(expected));
    for (const [key, tensor] of file.tensors) {
      expect({ ...tensor, read: undefined }).toEqual({ ...expected[key], data: undefined, read: undefined });
    }
    expect(await valuesOf(file)).toEqual(expected);
  });

  it('a checkpoint of a training script: the state dict inside, and nothing of the optimizer', async () => {
    const file = await open('torch2.15-checkpoint.pth');
    expect(file.inside).toBe('state_dict');
    expect(await valuesOf(file)).toEqual({
      'module.fc.weight': { dtype: 'F32', shape: [1, 2], data: Float32Array.of(0.25, 0.25) },
      'module.fc.bias': { dtype: 'F32', shape: [1], data: Float32Array.of(0.25) },
    });
  });

  it('a pickle of protocol 4', async () => {
    const { tensors } = await open('torch2.15-protocol4.pth');
    expect([...tensors.keys()]).toEqual(['weight']);
    expect((await tensors.get('weight')!.read()).data).toEqual(base);
  });

  it('reads of a source only what it needs', async () => {
    const bytes = readFileSync(new URL('../fixtures/torch2.15-zip.pth', import.meta.url));
    let read = 0;
    const source = {
      ...sourceOfBytes(bytes, 'a.pth'),
      read: async (begin: number, end: number) => {
        read += end - begin;
        return bytes.subarray(begin, end);
      },
    };
    const { tensors } = await openWeights(source);
    const before = read;
    await tensors.get('parameter')!.read();
    expect(read - before).toBeLessThan(100);
  });
});
