import type { RawPicture } from '@residual/data';
import { similarityClusters } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.js';
import { applySteps } from './step.js';
import { stretch } from './steps.js';

/** A landscape: hills of light that no two places share. */
function landscape(width: number, height: number, phase = 0): RawPicture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const light = 128 + 60 * Math.sin(5 * u + phase) + 50 * Math.cos(7 * v * u + 2 * phase);
      data.set([light, light / 2, 255 - light], (y * width + x) * 3);
    }
  }
  return { data, width, height };
}

describe('fingerprint', () => {
  it('is the rounded mean of the brightness in 8 x 8 places', () => {
    const data = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i % 16) + 16 * Math.floor(i / 64));
    // rows of two lines, whose levels are 0 to 15 and 16 more every four lines; places of two columns: x.5 rounds up
    const expected = Array.from({ length: 64 }, (_, i) => 2 * (i % 8) + 1 + 16 * Math.floor(i / 16));
    expect([...fingerprint({ data, width: 16, height: 16 })]).toEqual(expected);
  });

  it('is of fewer pixels than places too, of any channels, on the ground that grey has', () => {
    expect([...fingerprint({ data: Uint8Array.of(10, 200), width: 2, height: 1 })]).toEqual(
      Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 10 : 200)),
    );
    const clear = Uint8Array.of(0, 0, 0, 0, 90, 90, 90, 255);
    expect([...fingerprint({ data: clear, width: 2, height: 1 })].slice(3, 5)).toEqual([255, 90]);
    expect(() => fingerprint({ data: new Uint8Array(5), width: 2, height: 1 })).toThrow(
      expect.objectContaining({ code: 'MISMATCH' }),
    );
  });

  it('knows a picture in another size, and no other picture', () => {
    const small = applySteps(landscape(301, 223), [
      stretch({ height: 90, width: 120, interpolation: 'bilinear' }),
    ]);
    const [a, b, c] = [landscape(301, 223), small, landscape(301, 223, 1)].map((picture, i) => ({
      label: 0,
      key: `${i}`,
      fingerprint: fingerprint(picture),
    }));
    expect([...similarityClusters([a!, b!, c!])]).toEqual([0, 0, 1]);
  });
});
