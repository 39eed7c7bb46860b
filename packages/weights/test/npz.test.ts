import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openWeights, sourceOfBytes, WeightsError } from '../src/index.js';
import { zipFile } from './zipFile.js';

const open = (name: string) =>
  openWeights(sourceOfBytes(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)), name));

function npy(descr: string, shape: string, bytes: number, order = 'False'): Buffer {
  const header = Buffer.from(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`);
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  return Buffer.concat([start, header, Buffer.alloc(bytes)]);
}

describe('.npz files', () => {
  it('of numpy.savez', async () => {
    const { format, tensors } = await open('stored.npz');
    expect(format).toBe('npz');
    expect(await tensors.get('f32')!.read()).toEqual({
      dtype: 'F32',
      shape: [3, 1],
      data: Float32Array.of(1, 2, 3),
    });
    expect(await tensors.get('i64')!.read()).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(5n) });
  });

  it('of numpy.savez_compressed', async () => {
    const { tensors } = await open('deflated.npz');
    expect(await tensors.get('f32')!.read()).toEqual({
      dtype: 'F32',
      shape: [40, 50],
      data: new Float32Array(2000),
    });
    expect((await tensors.get('f16')!.read()).data).toEqual(Uint16Array.of(0x3800));
  });

  it.each([
    ['objects, which are pickled', npy("'|O'", '(1,)', 8), /the type "\|O"/],
    ['big-endian numbers', npy("'>f4'", '(1,)', 4), /little-endian order.*">f4"/],
    ['fields', npy("[('a', '<f4')]", '(1,)', 4), /several fields/],
    ['column-major order', npy("'<f4'", '(2, 2)', 16, 'True'), /row-major.*ascontiguousarray/],
    ['fewer bytes than the shape', npy("'<f4'", '(9999999999,)', 4), /39999999996 bytes for F32/],
    ['more bytes than the shape', npy("'<f4'", '(1,)', 5), /4 bytes.*received 5/],
    ['a size above 2^53', npy("'<f4'", '(99999999999999999999, 0)', 0), /countable|received/],
    ['another file', Buffer.from('hello, this is text'), /the \.npy format/],
  ])('with %s are refused', async (_, array, message) => {
    const error = await openWeights(sourceOfBytes(zipFile({ 'a.npy': array }), 'a.npz')).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(WeightsError);
    expect(error.message).toMatch(message);
  });

  it('a hundred bytes that claim ten gigabytes are refused unread', async () => {
    const packed = Buffer.alloc(100);
    const bomb = zipFile({ 'a.npy': packed }, { 'a.npy': { method: 8, size: 4_000_000_000 } });
    await expect(openWeights(sourceOfBytes(bomb, 'a.npz'))).rejects.toThrow(
      /at most 103200 bytes from 100, received 4000000000/,
    );
  });
});
