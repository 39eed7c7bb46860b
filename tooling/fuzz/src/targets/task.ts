import * as v from 'valibot';
import { parseTask } from '../../../../packages/data/src/task.js';
import { validate } from '../../../../packages/data/src/validate.js';
import type { Target } from '../parser.ts';
import { eachOf, json, jsonOf } from './inputs.ts';

const task = {
  version: 1,
  picture: { height: 8, width: 8, channels: 3 },
  steps: [{ name: 'color' }, { name: 'stretch', height: 8, width: 8 }],
  normalize: { mean: [0.5, 0.5, 0.5], standardDeviation: [1, 1, 1] },
  classNames: ['a', 'b'],
  data: { name: 'pictures', sha256: 'a'.repeat(64) },
};

const named = (name: string, field: string, value: v.GenericSchema) =>
  v.strictObject({ name: v.literal(name), [field]: value });

/** What other files have and no task: pieces of which one is chosen by its name, upper limits, numbers of any kind. */
const others = v.object({
  piece: v.optional(
    v.union([
      named('mix', 'share', v.pipe(v.number(), v.finite(), v.maxValue(1))),
      named('cut', 'count', v.pipe(v.number(), v.integer())),
    ]),
  ),
  classNames: v.optional(v.union([v.array(v.string()), v.record(v.string(), v.number())])),
});

/** A caller may give what JSON has no words for. */
const notOfJson = (value: unknown) =>
  typeof value === 'object'
    ? { ...value, piece: { name: 'mix', share: Number.POSITIVE_INFINITY }, classNames: () => {} }
    : value;

export const target: Target = {
  seeds: () => [
    json(task),
    json({ ...task, normalize: null, version: 2 }),
    json({ ...task, version: 0 }),
    json(null),
    json({ ...task, piece: { name: 'mix', share: 2 } }),
    json({ ...task, piece: { name: 'cut', count: 0.5 } }),
    json({ ...task, piece: { name: 'none' } }),
  ],
  parse: (bytes) => {
    const value = jsonOf(bytes);
    return eachOf(
      () => parseTask(value, 'task.json'),
      () => validate(others, value, 'other.json'),
      () => validate(others, notOfJson(value), 'value'),
    );
  },
  isJson: true,
};
