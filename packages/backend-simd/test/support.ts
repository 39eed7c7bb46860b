import '@tensorflow/tfjs-backend-cpu';
import { withReferences } from '@residual/ops';
import { normals } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect } from 'vitest';
import { createBackend, type SimdBackend, type SimdOptions } from '../src/index.js';

export type Values = Float32Array | Int32Array;

const THREADS = [1, 2, 3];
/** Bytes watched on each side of what a kernel may write. */
const MARGIN = 256;
const backends = new Map<string, SimdBackend>();
afterAll(() => {
  for (const backend of backends.values()) backend.dispose();
  backends.clear();
});

/** What `fn` returns on tfjs's CPU backend, with every operation as its reference. */
export async function referenceValues(fn: () => tf.Tensor[]): Promise<Values[]> {
  expect(await tf.setBackend('cpu')).toBe(true);
  return withReferences(() => valuesOf(fn));
}

/**
 * What `fn` returns on simd. Runs it with 1, 2 and 3 threads, however little work there is, and expects equal bits, no
 * memory left in use, and no byte written outside of the kernels' outputs and scratch memory.
 */
export async function simdValues(
  fn: () => tf.Tensor[],
  options: Pick<SimdOptions, 'convolution' | 'bits'> = {},
): Promise<Values[]> {
  const results: Values[][] = [];
  for (const threads of THREADS) {
    const backend = await useSimd({ threads, ...options });
    const before = backend.memory().heapBytesInUse;
    results.push(valuesOf(fn));
    expect(backend.memory().heapBytesInUse, 'bytes in use afterwards').toBe(before);
  }
  for (const result of results) expect(result.map(bitsOf)).toEqual(results[0]!.map(bitsOf));
  return results[0]!;
}

/** Makes simd with those options the active backend. */
async function useSimd(options: SimdOptions): Promise<SimdBackend> {
  const key = JSON.stringify(options);
  let backend = backends.get(key);
  if (backend === undefined) {
    backend = await createBackend({ ...options, poisonFreedMemory: true });
    backend.disposeData(backend.write(new Float32Array(2 ** 20), [2 ** 20], 'float32')); // now full of NaN
    guard(backend);
    backends.set(key, backend);
  }
  // The kernels are registered for one name: put another backend behind it.
  tf.engine().registry.simd = backend;
  expect(await tf.setBackend('simd')).toBe(true);
  return backend;
}

/** Makes every kernel use all threads, and fail when it writes where it should not. */
function guard(backend: SimdBackend): void {
  const writable: [first: number, end: number][] = [];
  const { output, outputInPlaceOf, defer, scratch, run, scope, rearranged } = backend;
  let depth = 0;
  backend.scope = (body, kernel) => {
    if (depth++ === 0) writable.length = 0;
    try {
      return scope.call(backend, body, kernel) as ReturnType<typeof body>;
    } finally {
      depth--;
    }
  };
  backend.output = (shape, dtype) => {
    const result = output.call(backend, shape, dtype);
    writable.push([result.pointer, result.pointer + 4 * tf.util.sizeFromShape(shape)]);
    return result;
  };
  backend.outputInPlaceOf = (info) => {
    const result = outputInPlaceOf.call(backend, info);
    writable.push([result.pointer, result.pointer + 4 * tf.util.sizeFromShape(info.shape)]);
    return result;
  };
  backend.defer = (shape, formula, sources, compute) =>
    defer.call(backend, shape, formula, sources, (pointer) => {
      writable.push([pointer, pointer + 4 * tf.util.sizeFromShape(shape)]);
      compute(pointer);
    });
  backend.rearranged = (tensor, order, bytes, write) =>
    rearranged.call(backend, tensor, order, bytes, (pointer) => {
      writable.push([pointer, pointer + bytes]);
      write(pointer);
    });
  backend.scratch = (bytes) => {
    const pointer = scratch.call(backend, bytes);
    writable.push([pointer, pointer + bytes]);
    return pointer;
  };
  backend.run = (call, ...args) => {
    const kernel = typeof call === 'string' ? call : call.kernel;
    const isWritable = (byte: number) => writable.some(([first, end]) => byte >= first && byte < end);
    const around = writable
      .flatMap(([first, end]) => [first - MARGIN, end])
      .flatMap((first) => Array.from({ length: MARGIN / 4 }, (_, i) => first + 4 * i))
      .filter((byte) => byte >= 65536 && byte < 4 * backend.words.length && !isWritable(byte));
    const before = around.map((byte) => backend.words[byte / 4]);
    run.call(backend, kernel, ...args);
    const after = around.map((byte) => backend.words[byte / 4]);
    expect(after, `${kernel}: words around its outputs`).toEqual(before);
  };
}

function valuesOf(fn: () => tf.Tensor[]): Values[] {
  const before = tf.memory().numTensors;
  const values = tf.tidy(() => fn().map((tensor) => tensor.dataSync() as Values));
  expect(tf.memory().numTensors, 'tensors left').toBe(before);
  return values;
}

function bitsOf(values: Values): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

/** max |actual - expected| / max |expected|; infinite where one is NaN or infinite and the other isn't. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    const distance = Math.abs(actual[i]! - expected[i]!);
    difference = Math.max(difference, Number.isFinite(distance) ? distance : Number.POSITIVE_INFINITY);
    if (Number.isFinite(expected[i])) largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** ||actual - expected|| / ||expected||, of the vectors' lengths; infinite where a value isn't finite. */
export function relativeDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let difference = 0;
  let length = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    length += expected[i]! ** 2;
  }
  if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
  return difference === 0 ? 0 : Math.sqrt(difference / length);
}

/** Normally distributed values, a function of `purpose` alone, as a tensor on the active backend. */
export function drawn<T extends tf.Tensor = tf.Tensor>(
  purpose: string,
  shape: number[],
  options: { mean?: number; standardDeviation?: number } = {},
): T {
  return tf.tensor(normals({ seed: 1, purpose }, tf.util.sizeFromShape(shape), options), shape) as T;
}
