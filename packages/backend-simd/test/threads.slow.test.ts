import { expect, it } from 'vitest';
import { createBackend } from '../src/index.js';
import { float } from '../src/memory.js';

it('58 threads each do their share, again and again', { timeout: 120_000 }, async () => {
  const backend = await createBackend({ threads: 58 });
  try {
    expect(backend.threads).toBe(58);
    const length = 58 * 100;
    const { pointer } = backend.output([length]);
    for (let value = 1; value <= 5; value++) {
      backend.run('fill', pointer, length, float(value));
      const values = backend.floats.subarray(pointer / 4, pointer / 4 + length);
      expect(values.every((one) => one === value)).toBe(true);
    }
  } finally {
    backend.dispose();
  }
});
