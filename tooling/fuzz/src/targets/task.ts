import { parseTask } from '../../../../packages/data/src/task.js';
import type { Target } from '../parser.ts';
import { json, jsonOf } from './inputs.ts';

const task = {
  version: 1,
  picture: { height: 8, width: 8, channels: 3 },
  steps: [{ name: 'color' }, { name: 'stretch', height: 8, width: 8 }],
  normalize: { mean: [0.5, 0.5, 0.5], standardDeviation: [1, 1, 1] },
  classNames: ['a', 'b'],
  data: { name: 'pictures', sha256: 'a'.repeat(64) },
};

export const target: Target = {
  seeds: () => [
    json(task),
    json({ ...task, normalize: null, version: 2 }),
    json({ ...task, version: 0 }),
    json(null),
  ],
  parse: (bytes) => parseTask(jsonOf(bytes), 'task.json'),
  isJson: true,
};
