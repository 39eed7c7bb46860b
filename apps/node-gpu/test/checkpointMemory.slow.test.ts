import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as nodeFileSystem from 'node:fs/promises';
import { type StateValue, stateShapes } from '@residual/blocks';
import { resnet152 } from '@residual/models';
import { latestCheckpoint } from '@residual/trainer';
import { fileStorage } from '@residual/trainer/node';
import { expect, it } from 'vitest';
import { CheckpointWriter } from '../../../packages/trainer/src/checkpoint/writer.js';
import type { FileSystem } from '../../../packages/weights/src/node.js';

/** Values for each parameter and buffer of ResNet-152, or for what an optimizer keeps. */
function valuesOfResNet152(value: number): Map<string, StateValue> {
  const shapes = stateShapes(resnet152(), [1, 64, 64, 3]);
  return new Map(
    [...shapes].map(([path, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return [path, { shape, data: new Float32Array(length).fill(value) }];
    }),
  );
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Bytes of arrays that came to be and have not gone, as seen whenever Node's file system is used. */
class Watched {
  readonly #before = process.memoryUsage().arrayBuffers;
  most = 0;

  readonly fs: FileSystem = {
    ...nodeFileSystem,
    open: async (path, flags) => {
      const file = await nodeFileSystem.open(path, flags);
      return {
        write: (bytes) => this.#seen(file.write(bytes)),
        read: (bytes) => this.#seen(file.read(bytes)),
        sync: () => this.#seen(file.sync()),
        close: () => file.close(),
      };
    },
    readFile: (path) => this.#seen(nodeFileSystem.readFile(path)),
  };

  async #seen<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    this.most = Math.max(this.most, process.memoryUsage().arrayBuffers - this.#before);
    return result;
  }
}

it('ResNet-152 with momentum is written and read in at most 1.2 times its size, the copy of its state that a run makes included', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'residual-memory-'));
  try {
    const slots = new Map([['velocity', valuesOfResNet152(0.5)]]);
    const tensors = { model: valuesOfResNet152(0.25), slots };
    const state = { step: 1, epoch: 1, batch: 1, history: [], epochSums: {}, logSums: {}, facts: {} };
    const writing = new Watched();
    const writer = new CheckpointWriter({ storage: fileStorage(folder, { fs: writing.fs }) });
    await writer.save(tensors, state as never);
    const { bytes } = (await writer.written())!;
    expect(bytes).toBeGreaterThan(480e6);
    const reading = new Watched();
    const checkpoint = (await latestCheckpoint(fileStorage(folder, { fs: reading.fs })))!;
    for (const [path, { data }] of tensors.model) {
      expect(Buffer.compare(bytesOf(checkpoint.model.get(path)!.data), bytesOf(data)), path).toBe(0);
    }
    const [written, read] = [writing.most / bytes, reading.most / bytes];
    console.info(
      `${(bytes / 1e6).toFixed(0)} MB: ${written.toFixed(2)} of it to write, ${read.toFixed(2)} to read`,
    );
    expect(written).toBeLessThan(0.2); // the state's copy is 1
    expect(read).toBeLessThan(1.2);
  } finally {
    await rm(folder, { recursive: true });
  }
});
