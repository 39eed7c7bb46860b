import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { pictureDataset } from './dataset.js';
import { defineSource, findSource, loadSource } from './source.js';
import type { Task } from './task.js';

const classNames = ['a', 'b'];
const task: Task = {
  version: 1,
  picture: { height: 1, width: 1, channels: 1 },
  steps: [],
  normalize: null,
  classNames,
  data: { name: 'counted' },
};

const counted = defineSource({
  name: 'counted',
  version: 3,
  parameters: v.strictObject({ length: v.number(), fill: v.optional(v.number(), 7) }),
  load: async ({ length, fill }) => {
    const images = new Uint8Array(length).fill(fill);
    const dataset = pictureDataset({
      name: 'counted',
      images,
      labels: new Uint8Array(length),
      shape: [1, 1, 1],
      classNames,
    });
    return { train: dataset, test: dataset, task };
  },
});

describe('defineSource', () => {
  it('makes rows of plain JSON that load', async () => {
    const row = counted({ length: 5, fill: 9 });
    expect(row).toEqual({ name: 'counted', version: 3, length: 5, fill: 9 });
    const loaded = await loadSource(JSON.parse(JSON.stringify(row)));
    expect(loaded.train).toMatchObject({ length: 5, images: new Uint8Array(5).fill(9) });
  });

  it('finds by name and version', () => {
    expect(findSource('counted', 3).name).toBe('counted');
    expect(() => findSource('counted')).toThrow(
      expect.objectContaining({ code: 'NOT_REGISTERED', received: 'counted' }),
    );
    expect(() => findSource('counted', 4)).toThrow(/Import the module that defines it with defineSource\./);
  });

  it('refuses a name and version that are taken', () => {
    const again = () => defineSource({ name: 'counted', version: 3, load: async () => Promise.reject() });
    expect(again).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });

  it('refuses wrong parameters, when the row is made and when it is loaded', async () => {
    const expected = expect.objectContaining({ code: 'ARGUMENT', expected: 'number', received: '"5"' });
    expect(() => counted({ length: '5' } as never)).toThrow(expected);
    await expect(loadSource({ name: 'counted', version: 3, length: '5' })).rejects.toThrow(expected);
    expect(() => counted({ length: 5, lenght: 5 } as never)).toThrow(/lenght: expected no such field/);
    expect(() => counted({ length: 5, name: 'mine' } as never)).toThrow(/name: expected no such field/);
  });
});
