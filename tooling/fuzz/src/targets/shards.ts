import { openShards } from '../../../../packages/weights/src/shards.js';
import type { WeightsFile } from '../../../../packages/weights/src/stored.js';
import type { Target } from '../parser.ts';
import { json, textOf } from './inputs.ts';

const shard = (name: string): WeightsFile => ({
  name,
  format: 'safetensors',
  metadata: {},
  tensors: new Map([
    [
      'a',
      { dtype: 'U8', shape: [0], read: async () => ({ dtype: 'U8', shape: [0], data: new Uint8Array() }) },
    ],
  ]),
});
const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [i, `${i}`]));

export const target: Target = {
  seeds: () => [
    json({ weight_map: { a: 'model-1.safetensors' } }),
    json({ weight_map: { a: '../x' } }),
    json({ weight_map: many }),
  ],
  parse: (bytes) =>
    openShards(textOf(bytes), 'model.safetensors.index.json', async (name) => {
      if (/[\\/]|^\.|^$/.test(name)) throw new Error(`opens ${name}`);
      return shard(name);
    }),
  isJson: true,
};
