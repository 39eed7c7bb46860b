import * as v from 'valibot';
import { DataError } from './error.js';
import { type Piece, pieceSchema } from './piece.js';
import { validate } from './validate.js';

/** One step of the way from any picture to the one that a network sees; `@residual/pictures` has them. */
export type Step = Piece;

/** Subtracts the mean and divides by the standard deviation: a number a channel each, on the scale 0 to 1. */
export type Normalize = {
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
};

/** What is learnt, as plain JSON: it travels in data sets, checkpoints and model files. */
export type Task = {
  readonly version: 1;
  /** What the network sees. */
  readonly picture: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
  /** From any picture to that one, in order. */
  readonly steps: readonly Step[];
  /** Null: bytes / 255 as they are. */
  readonly normalize: Normalize | null;
  /** In the order of the labels. */
  readonly classNames: readonly string[];
  /** Which pictures, never where they lie. */
  readonly data: { readonly name: string; readonly sha256?: string };
};

const TASK_VERSION = 1;

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const finite = v.pipe(v.number(), v.finite());

const fields = v.strictObject({
  version: v.literal(TASK_VERSION),
  picture: v.strictObject({ height: side, width: side, channels: v.picklist([1, 3]) }),
  steps: v.array(pieceSchema),
  normalize: v.nullable(
    v.strictObject({
      mean: v.array(finite),
      standardDeviation: v.array(v.pipe(finite, v.gtValue(0))),
    }),
  ),
  classNames: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(1, 'at least one class name')),
  data: v.strictObject({
    name: v.pipe(v.string(), v.nonEmpty()),
    sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits in lower case'))),
  }),
});

/** A valibot schema of `Task`. */
export const taskSchema: v.GenericSchema<unknown, Task> = v.pipe(
  fields,
  v.forward(
    v.check(
      ({ normalize, picture }) => normalize === null || normalize.mean.length === picture.channels,
      "one number for each of the picture's channels",
    ),
    ['normalize', 'mean'] as never,
  ),
  v.forward(
    v.check(
      ({ normalize, picture }) =>
        normalize === null || normalize.standardDeviation.length === picture.channels,
      "one number for each of the picture's channels",
    ),
    ['normalize', 'standardDeviation'] as never,
  ),
);

/**
 * Checks that a value from a file is a task.
 *
 * @param where The file, for errors.
 * @throws DataError `VERSION` when it has another version than 1, `FORMAT` naming the field that is wrong.
 */
export function parseTask(value: unknown, where: string): Task {
  requireVersion(value, TASK_VERSION, where);
  return validate(taskSchema, value, where);
}

/**
 * Refuses an object of another version in one sentence; one without any is left to its validator.
 *
 * @throws DataError `VERSION`.
 */
function requireVersion(value: unknown, version: number, where: string): void {
  const received =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof received !== 'number' || received === version) return;
  throw new DataError('VERSION', {
    where: `${where}: version`,
    expected: `a task of version ${version}`,
    received: `${received}`,
    fix:
      received > version
        ? 'A newer Residual wrote it: install that one.'
        : 'An older Residual wrote it, which this one no longer reads: make it again.',
  });
}
