import { dispose } from '@residual/blocks';
import {
  type Checkpoint,
  type CheckpointStorage,
  type EpochRecord,
  type History,
  namedTensors,
  readCheckpoint,
  recordOf,
  type TrainEvent,
} from '@residual/trainer';
import type { RunConfig } from './config.js';
import { encodeModel } from './modelFile.js';
import { computeAgain, type RunOptions, startRun } from './run.js';
import type { StagesEvent } from './stages.js';

/** A part of a recorded run, computed anew. */
export type VerificationEvent = { type: 'verification' } & (
  | { what: 'epoch'; epoch: number; differences: RecordDifference[] }
  /** Of all tensors of the model file: whether each has the same bytes. */
  | { what: 'model'; isSame: boolean }
);

/** A later checkpoint of a run, computed anew from an earlier one. */
export interface StepsVerification {
  type: 'verification';
  what: 'steps';
  /** The steps of both. */
  from: number;
  to: number;
  /** Of what came: see `hashState` of the trainer. */
  sha256: string;
  /** Null where all bits are the same. */
  difference: StateDifference | null;
}

/** The first place where two states of a run are not the same. */
export interface StateDifference {
  /** `model.stages.0.0.conv1.weight`, `slot.momentum.head.bias`, or `history`. */
  tensor: string;
  /** How many of its values differ, and of how many. */
  count: number;
  size: number;
  /** The first of them, and what is there. */
  at: number;
  expected: string;
  received: string;
}

/** A figure of an epoch that is not what the record has. */
export interface RecordDifference {
  /** Such as `trainLoss`. */
  field: string;
  /** Absent where the record doesn't have it. */
  expected?: number;
  received?: number;
}

export interface VerifyOptions
  extends Pick<RunOptions, 'data' | 'weights' | 'device' | 'logEvery' | 'signal'> {
  /** So many of the record, from the first. Default: all, and then the model. */
  epochs?: number;
  /** The bytes of the model file that the run ended with. */
  model?: Uint8Array;
}

/**
 * Trains as a recorded run was trained, from its beginning, and compares what comes with its record, to the bit. Ends with the first epoch that
 * differs. Nothing is written.
 *
 * @returns the events of the training, and one more after each epoch that the record has, and for the model
 * @throws what `startRun` and the training throw; the signal's reason.
 *
 * @example
 * for await (const event of verifyRun(config, history, { data })) {
 *   if (event.type === 'verification') console.log(event);
 * }
 */
export async function* verifyRun(
  config: RunConfig,
  history: History,
  { epochs = Number.POSITIVE_INFINITY, model: expectedModel, ...options }: VerifyOptions,
): AsyncGenerator<TrainEvent | StagesEvent | VerificationEvent, void, undefined> {
  const { model, events } = await startRun(config, options);
  try {
    for await (const event of events) {
      yield event;
      if (event.type !== 'epoch') continue;
      const expected = history.find(({ epoch }) => epoch === event.epoch);
      if (expected === undefined) return;
      const differences = differencesOf(expected, recordOf(event));
      yield { type: 'verification', what: 'epoch', epoch: event.epoch, differences };
      if (differences.length > 0 || event.epoch >= epochs) return;
    }
    options.signal?.throwIfAborted();
    if (expectedModel === undefined) return;
    const received = await encodeModel(model, { task: config.task, model: config.training.model });
    const isSame =
      received.length === expectedModel.length && received.every((byte, i) => byte === expectedModel[i]);
    yield { type: 'verification', what: 'model', isSame };
  } finally {
    dispose(model);
  }
}

/**
 * Trains from one checkpoint of a run to a later one, and compares what comes with it, to the bit. Nothing is written.
 *
 * @param kept where both are
 * @returns the events of the training, and one more in the end
 * @throws as `resumeRun`; the signal's reason.
 */
export async function* verifyBetween(
  from: Checkpoint,
  to: Checkpoint,
  kept: CheckpointStorage,
  options: Pick<RunOptions, 'data' | 'device' | 'logEvery' | 'signal'>,
): AsyncGenerator<TrainEvent | StagesEvent | StepsVerification, void, undefined> {
  const { model, events, storage } = await computeAgain(from, kept, { ...options, everySteps: to.step });
  try {
    for await (const event of events) {
      yield event;
      if (event.type !== 'checkpoint' || event.step !== to.step) continue;
      const received = await readCheckpoint(storage, event.name);
      const difference = differenceOfStates(to, received) ?? null;
      const { sha256 } = event;
      yield { type: 'verification', what: 'steps', from: from.step, to: to.step, sha256, difference };
      return;
    }
    options.signal?.throwIfAborted();
  } finally {
    await events.return();
    dispose(model);
  }
}

/** Of a checkpoint, what is compared. */
export type ComparedState = Pick<Checkpoint, 'model' | 'slots' | 'averages' | 'swa' | 'history'>;

/** The first tensor, in the order of the file, that two states have other bits of, or that only one has; else whether their histories differ. */
export function differenceOfStates(
  expected: ComparedState,
  received: ComparedState,
): StateDifference | undefined {
  const [first, second] = [expected, received].map((state) => new Map(namedTensors(state)));
  for (const tensor of new Set([...first!.keys(), ...second!.keys()])) {
    const difference = differenceOfValues(first!.get(tensor)?.data, second!.get(tensor)?.data);
    if (difference !== undefined) return { tensor, ...difference };
  }
  const [a, b] = [expected, received].map(({ history }) => JSON.stringify(history));
  return a === b ? undefined : { tensor: 'history', count: 1, size: 1, at: 0, expected: a!, received: b! };
}

/** Where two lists of numbers don't have the same bits; undefined where they do. One that isn't there has none. */
export function differenceOfValues(
  expected: ArrayLike<number> | undefined,
  received: ArrayLike<number> | undefined,
): Omit<StateDifference, 'tensor'> | undefined {
  const places = differingPlaces(expected ?? [], received ?? []);
  const [at] = places;
  if (at === undefined) return undefined;
  const textAt = (values: typeof expected) => (values?.[at] === undefined ? 'none' : `${values[at]}`);
  const size = Math.max(expected?.length ?? 0, received?.length ?? 0);
  return { count: places.length, size, at, expected: textAt(expected), received: textAt(received) };
}

/** By bits: -0 is not 0. */
function differingPlaces(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const places: number[] = [];
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (!Object.is(a[i], b[i])) places.push(i);
  return places;
}

/** The figures of an epoch that two records of it have otherwise. */
export function differencesOf(expected: EpochRecord, received: EpochRecord): RecordDifference[] {
  const fields = new Set([...Object.keys(expected), ...Object.keys(received)]) as Set<keyof EpochRecord>;
  return [...fields]
    .filter((field) => !Object.is(expected[field], received[field]))
    .map((field) => ({ field, expected: expected[field], received: received[field] }));
}
