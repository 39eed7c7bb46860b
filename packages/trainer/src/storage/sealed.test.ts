import * as nodeFileSystem from 'node:fs/promises';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TensorData } from '@residual/weights';
import type { FileSystem } from '@residual/weights/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeSealed } from '../checkpoint/checkpoint.js';
import { fileStorage } from './files.node.js';
import type { SealedFile } from './storage.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'residual-sealed-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Tensors of so many float32, and the seal. */
function fileOf(...lengths: number[]): SealedFile {
  const tensors = new Map<string, TensorData>();
  for (const [i, length] of lengths.entries()) {
    const data = new Float32Array(length).fill(i + 0.1);
    data.set([1, 2, 3].slice(0, length));
    tensors.set(`t${i}`, { dtype: 'F32', shape: [length], data });
  }
  tensors.set('sha256', { dtype: 'U8', shape: [32], data: new Uint8Array(32) });
  return { tensors, metadata: { format: 'x' } };
}

it('writes the bytes that encoding gives at once', async () => {
  const file = fileOf(12_000, 3, 0, 5);
  const bytes = await encodeSealed(file);
  expect(await fileStorage(directory).writeSealed!('a', file)).toBe(bytes.length);
  expect(Buffer.compare(await readFile(join(directory, 'a')), bytes)).toBe(0);
});

it('refuses what reads back otherwise', async () => {
  const open: FileSystem['open'] = async (path, flags) => {
    const file = await nodeFileSystem.open(path, flags);
    return {
      async read(bytes) {
        const result = await file.read(bytes);
        bytes[9]! ^= 1;
        return result;
      },
      write: (bytes) => file.write(bytes),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  };
  const written = fileStorage(directory, { fs: { ...nodeFileSystem, open } }).writeSealed!('a', fileOf(20));
  await expect(written).rejects.toMatchObject({
    code: 'FORMAT',
    message: `${join(directory, 'a')}: expected the bytes that were written, received others. The disk loses what it is given: choose another one, and check this one.`,
  });
});
