import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '../src/index.js';

// Written by tooling/fixtures/weights.py with Python's safetensors 0.8.0 and PyTorch 2.15.0.
const bytes = readFileSync(new URL('../fixtures/python.safetensors', import.meta.url));
const infinity = Number.POSITIVE_INFINITY;
const expected: Record<string, TensorData> = {
  f64: { dtype: 'F64', shape: [4], data: Float64Array.of(0, -1.5, 0.1, infinity) },
  f32: { dtype: 'F32', shape: [4], data: Float32Array.of(0, -1.5, 0.1, infinity) },
  f16: { dtype: 'F16', shape: [4], data: Uint16Array.of(0, 0xbe00, 0x2e66, 0x7c00) },
  bf16: { dtype: 'BF16', shape: [4], data: Uint16Array.of(0, 0xbfc0, 0x3dcd, 0x7f80) },
  f8_e5m2: { dtype: 'F8_E5M2', shape: [4], data: Uint8Array.of(0, 0xbe, 0x2e, 0x7c) },
  f8_e4m3: { dtype: 'F8_E4M3', shape: [4], data: Uint8Array.of(0, 0xbc, 0x1d, 0x7e) },
  i64: { dtype: 'I64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  i32: { dtype: 'I32', shape: [2, 3], data: Int32Array.of(-2, -1, 0, 1, 2, 3) },
  i16: { dtype: 'I16', shape: [2, 3], data: Int16Array.of(-2, -1, 0, 1, 2, 3) },
  i8: { dtype: 'I8', shape: [2, 3], data: Int8Array.of(-2, -1, 0, 1, 2, 3) },
  u64: { dtype: 'U64', shape: [2], data: BigUint64Array.of(0n, 2n ** 63n) },
  u32: { dtype: 'U32', shape: [2], data: Uint32Array.of(0, 2 ** 32 - 1) },
  u16: { dtype: 'U16', shape: [2], data: Uint16Array.of(0, 65535) },
  u8: { dtype: 'U8', shape: [4], data: Uint8Array.of(0, 1, 2, 200) },
  bool: { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
  c64: { dtype: 'C64', shape: [2], data: Float32Array.of(1, -2, 0, 0.5) },
  scalar: { dtype: 'F32', shape: [], data: Float32Array.of(7) },
  empty: { dtype: 'F32', shape: [3, 0, 2], data: new Float32Array(0) },
  'näme "quoted" 名': { dtype: 'U8', shape: [1], data: Uint8Array.of(1) },
};

describe("a file of Python's safetensors", () => {
  const { tensors, metadata } = decodeSafetensors(bytes, 'python.safetensors');

  it('is read with every dtype', () => {
    expect(Object.fromEntries(tensors)).toEqual(expected);
    expect({ ...metadata }).toEqual({ 'made by': 'safetensors, Pythön' });
  });

  it('comes out byte for byte when written again', () => {
    expect(Buffer.compare(encodeSafetensors(tensors, metadata), bytes)).toBe(0);
  });
});
