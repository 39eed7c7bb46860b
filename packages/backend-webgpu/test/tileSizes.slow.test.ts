import { expect, it } from 'vitest';
import { narrowTileSizes, wideTileSizes } from '../src/matrix/tileSize.js';
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
