import { type DataParts, limit as limitTo, type Pictures, split, type Task } from '@residual/data';
import type { RunConfig } from './config.js';
import { RunsError } from './error.js';

/** The parts of a run's pictures, as the run has them. */
export interface RunParts extends DataParts {
  /** What is judged each epoch: the data's validation part, pictures held out of its train part, or its test part. */
  readonly validatedBy: 'validation' | 'held out' | 'test' | 'nothing';
}

/** Of the pictures to train on, at most. */
const MOST_HELD_OUT = 1 / 10;

/**
 * Which pictures a run trains on, validates with and is judged by at the end: the data's own parts, shortened as the configuration says;
 * without a validation part some are held out of those to train on, `training.holdOut` and at most a tenth of them, always the same
 * ones, or else the test part validates.
 *
 * @throws RunsError `DATA` when the classes of one are not the task's.
 *
 * @example
 * const { validation, validatedBy } = runParts(config, await fashionMnist());
 */
export function runParts({ task, training }: RunConfig, data: DataParts): RunParts {
  const { limit, holdOut } = training;
  const some = (pictures: Pictures) => {
    requireClasses(task, pictures);
    return limit === null ? pictures : limitTo(pictures, limit);
  };
  const train = some(data.train);
  const test = data.test && { test: some(data.test) };
  if (data.validation !== undefined) {
    return { train, validation: some(data.validation), ...test, validatedBy: 'validation' };
  }
  const count = heldOutOf(train, holdOut);
  if (count > 0) {
    const { train: rest, test: heldOut } = split(train, count, 0);
    return { train: rest, validation: heldOut, ...test, validatedBy: 'held out' };
  }
  return test === undefined
    ? { train, validatedBy: 'nothing' }
    : { train, validation: test.test, ...test, validatedBy: 'test' };
}

/** How many pictures are held out where the data has no validation part: one can't be divided. */
export function heldOutOf({ length }: { readonly length: number }, holdOut: number): number {
  return length < 2 ? 0 : Math.min(holdOut, Math.max(1, Math.floor(length * MOST_HELD_OUT)));
}

function requireClasses({ classNames }: Task, { name, classNames: given }: Pictures): void {
  if (given.length === classNames.length && given.every((className, i) => className === classNames[i]))
    return;
  const first = classNames.findIndex((className, i) => className !== given[i]);
  const differ =
    given.length !== classNames.length
      ? [`${classNames.length} classes`, `${given.length}`]
      : [`the class ${JSON.stringify(classNames[first])} at position ${first}`, JSON.stringify(given[first])];
  throw new RunsError('DATA', {
    where: `${name}: classNames`,
    expected: `${differ[0]}, as the task says`,
    received: differ[1]!,
    fix: 'Use the pictures that the task was made for.',
  });
}
