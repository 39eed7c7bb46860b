import { parseSplit } from '../../../../packages/data/src/split.js';
import type { Target } from '../parser.ts';
import { json, textOf } from './inputs.ts';

const split = {
  version: 1,
  seed: 0,
  shares: [80, 10, 10],
  group: null,
  parts: { ['a'.repeat(64)]: 'train' },
};

export const target: Target = {
  seeds: () => [
    json(split),
    json({ ...split, version: 2 }),
    json({ ...split, version: 0 }),
    json({ ...split, shares: [0, 50, 50] }),
  ],
  parse: (bytes) => parseSplit(textOf(bytes), 'split.json'),
  isJson: true,
};
