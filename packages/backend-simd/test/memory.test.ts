import '@tensorflow/tfjs-backend-cpu';
import { dispose, init, initResNet, parameters } from '@residual/blocks';
import { type Architecture, basicBlock, cifarStem, ResNet } from '@residual/models';
import { releaseTape, softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Heap } from '../src/heap.js';
import { createBackend, type SimdBackend, SimdError, type SimdOptions } from '../src/index.js';

const MiB = 2 ** 20;
let backend: SimdBackend | undefined;
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  backend?.dispose();
});

async function start(options: SimdOptions): Promise<SimdBackend> {
  backend = await createBackend({ poisonFreedMemory: true, ...options });
  tf.engine().registry.simd = backend;
  expect(await tf.setBackend('simd')).toBe(true);
  return backend;
}

function thrownBy(body: () => void): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return undefined;
}

function network(): ResNet {
  const architecture: Architecture = [
    [1, 16],
    [1, 24],
  ];
  return new ResNet({
    stem: cifarStem(16),
    architecture,
    block: basicBlock(),
    numClasses: 10,
    initializer: initResNet,
  });
}

function inUse(simd: SimdBackend): { tensors: number; bytes: number } {
  return { tensors: tf.memory().numTensors, bytes: simd.memory().heapBytesInUse };
}

/** A step of two blocks on that many pictures: the loss, and the sum of each parameter's gradient. */
function step(model: ResNet, batch: number): number[] {
  const weights = parameters(model);
  return tf.tidy(() => {
    const x = tf.fill<tf.Rank.R4>([batch, 12, 12, 1], 0.5);
    const labels = tf.tensor1d(
      Array.from({ length: batch }, (_, i) => i % 10),
      'int32',
    );
    const { value, grads } = tf.variableGrads(
      () => softmaxCrossEntropy(model.forward(x, 'train'), labels),
      weights,
    );
    return [value, ...weights.map(({ name }) => tf.sum(grads[name]!))].map((sum) => sum.dataSync()[0]!);
  });
}

/** What a backend without a limit that bites computes. */
async function expectedStep(threads: number, batch: number): Promise<number[]> {
  await start({ threads });
  const model = init(network(), [1, 12, 12, 1], { seed: 0 });
  const result = step(model, batch);
  dispose(model);
  backend?.dispose();
  return result;
}

// With one thread the memory is not shared.
describe.each([1, 3])('a backend of %i threads whose memory is full', (threads) => {
  it('names the tensor, who wanted it, the bytes and the fix', async () => {
    const simd = await start({ threads, maximumMemory: 32 * MiB });
    const x = tf.fill<tf.Rank.R4>([1, 500, 500, 4], 1); // 4 MB
    const filter = tf.ones<tf.Rank.R4>([1, 1, 4, 40]);
    const before = simd.memory();
    const error = thrownBy(() => tf.conv2d(x, filter, 1, 'valid'));
    expect(error).toBeInstanceOf(SimdError);
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' });
    const { message } = error as SimdError;
    expect(message).toContain(
      'the tensor [1, 500, 500, 40] of Conv2D(x [1, 500, 500, 4], filter [1, 1, 4, 40])',
    );
    expect(message).toContain(`expected ${4 * 500 * 500 * 40} free bytes`);
    expect(message).toContain(`${simd.memory().heapBytes} bytes are in use`);
    expect(message).toContain('smaller batch');
    expect(simd.memory().heapBytesInUse).toBe(before.heapBytesInUse);
    expect(thrownBy(() => tf.tensor(new Float32Array(10 * MiB)))).toMatchObject({ code: 'OUT_OF_MEMORY' });
    const y = tf.tidy(() => tf.sum(tf.conv2d(x, tf.ones<tf.Rank.R4>([1, 1, 4, 1]), 1, 'valid')));
    expect(y.dataSync()[0]).toBe(1e6);
    tf.dispose([x, filter, y]);
  });

  it('forgets the training step that did not fit, and takes a smaller one', async () => {
    const expected = await expectedStep(threads, 8);
    const simd = await start({ threads, maximumMemory: 24 * MiB });
    const model = init(network(), [1, 12, 12, 1], { seed: 0 });
    const before = inUse(simd);
    expect(thrownBy(() => step(model, 400))).toMatchObject({ code: 'OUT_OF_MEMORY' });
    releaseTape();
    expect(inUse(simd)).toEqual(before);
    expect(step(model, 8)).toEqual(expected);
    dispose(model);
  });

  it("loses nothing, whichever of a training step's allocations fails", async () => {
    const expected = await expectedStep(threads, 2);
    const simd = await start({ threads });
    const model = init(network(), [1, 12, 12, 1], { seed: 0 });
    const before = inUse(simd);
    const { allocate } = Heap.prototype;
    let left = 0;
    vi.spyOn(Heap.prototype, 'allocate').mockImplementation(function (this: Heap, bytes) {
      return left-- === 0 ? 0 : allocate.call(this, bytes);
    });
    const kernels = new Set<string>();
    for (let fits = 0; ; fits++) {
      left = fits;
      const error = thrownBy(() => step(model, 2));
      if (error === undefined) break;
      expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' });
      kernels.add(/ of ([\w/]+)\(/.exec((error as SimdError).message)?.[1] ?? 'none');
      releaseTape();
      expect(inUse(simd), `after ${(error as SimdError).message}`).toEqual(before);
    }
    const everywhere = ['residual/conv2d', 'residual/batchNormGradient', 'residual/conv2dFilterGradient'];
    expect([...kernels]).toEqual(expect.arrayContaining(everywhere));
    left = -1;
    expect(step(model, 2)).toEqual(expected);
    dispose(model);
  });
});

describe('a system that grants little', () => {
  /** Makes WebAssembly refuse memories that could become larger than `limit` bytes. */
  function refuseAbove(limit: number): number[] {
    const asked: number[] = [];
    const { Memory } = WebAssembly;
    class Stingy extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        asked.push(descriptor.maximum! * 65536);
        if (descriptor.maximum! * 65536 > limit) throw new RangeError('could not allocate memory');
        super(descriptor);
      }
    }
    vi.spyOn(WebAssembly, 'Memory', 'get').mockReturnValue(Stingy as typeof Memory);
    return asked;
  }

  it.each([1, 2])('gets a smaller memory, on %i threads', async (threads) => {
    const asked = refuseAbove(600 * MiB);
    await start({ threads });
    expect(asked).toEqual([65535 * 65536, 2048 * MiB, 1024 * MiB, 512 * MiB]);
    expect(tf.sum(tf.fill([1000, 1000], 1)).dataSync()[0]).toBe(1e6);
    expect(thrownBy(() => tf.fill([200 * MiB], 0))).toMatchObject({ code: 'OUT_OF_MEMORY' });
  });

  it('is told what was wanted when it grants nothing', async () => {
    refuseAbove(0);
    await expect(createBackend({ threads: 1 })).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('512 MiB'),
    });
  });

  it('takes no more than it is told to', async () => {
    const asked = refuseAbove(600 * MiB);
    await start({ threads: 1, maximumMemory: 64 * MiB });
    expect(asked).toEqual([64 * MiB]);
  });
});

it('runs on one thread and memory of its own where memory cannot be shared', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.stubGlobal('SharedArrayBuffer', undefined);
  const simd = await start({ threads: 3 });
  expect(simd.threads).toBe(1);
  expect(simd.words.buffer).toBeInstanceOf(ArrayBuffer);
  expect(tf.matMul(tf.ones([40, 50]), tf.ones([50, 30])).dataSync()).toEqual(new Float32Array(1200).fill(50));
});

it.each([{ maximumMemory: 1000 }, { maximumMemory: Number.NaN }, { threads: 0 }, { tileWidth: 12 as 8 }])(
  'refuses %j',
  async (options) => {
    await expect(createBackend(options)).rejects.toMatchObject({ code: 'OPTION' });
  },
);
