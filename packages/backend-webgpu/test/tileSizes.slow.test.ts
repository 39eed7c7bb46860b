import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { narrowTileSizes, wideTileSizes } from '../src/matrix/tileSize.js';
import { chooseTile } from '../src/selfCheck/chooseTile.js';
import { convolution } from './convolution.js';
import { describeWebgpu as describe, useWebgpu } from './support.js';

// Six sets of shaders to compile.
describe('convolution', () => {
  it('gives the same bits with every tile size', { timeout: 240_000 }, async () => {
    const backend = await useWebgpu();
    const before = backend.tileSizes;
    const results = new Map<string, unknown>();
    for (const tileSize of [...wideTileSizes, ...narrowTileSizes]) {
      backend.tileSizes = [tileSize];
      results.set(tileSize.name, [
        await convolution([2, 9, 7, 6], [3, 3, 3, 70], { stride: 2, groups: 2 }),
        await convolution([2, 5, 6, 20], [3, 3, 20, 36], { stride: 1 }), // columns of four, in vectors
      ]);
    }
    backend.tileSizes = before;
    const expected = results.get(wideTileSizes[0]!.name);
    for (const [name, result] of results) expect(result, name).toEqual(expected);
    expect(results.size).toBe(6);
  });
});

describe('tile sizes', () => {
  it('are measured once a device', { timeout: 240_000 }, async () => {
    const backend = await useWebgpu();
    const before = tf.memory().numDataBuffers;
    const small = { pictures: 1, size: 6, channels: 16 };
    const tile = await chooseTile(backend, 'a test', small);
    expect(wideTileSizes).toContain(tile);
    expect(await chooseTile(backend, 'a test', small)).toBe(tile);
    expect(tf.memory().numDataBuffers).toBe(before);
  });
});
