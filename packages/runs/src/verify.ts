import { dispose } from '@residual/blocks';
import { type EpochRecord, type History, recordOf, type TrainEvent } from '@residual/trainer';
import type { RunConfig } from './config.js';
import { encodeModel } from './modelFile.js';
import { type RunOptions, startRun } from './run.js';
import type { StagesEvent } from './stages.js';

/** A part of a recorded run, computed anew. */
export type VerificationEvent = { type: 'verification' } & (
  | { what: 'epoch'; epoch: number; differences: RecordDifference[] }
  /** Of all tensors of the model file: whether each has the same bytes. */
  | { what: 'model'; isSame: boolean }
);

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

function differencesOf(expected: EpochRecord, received: EpochRecord): RecordDifference[] {
  const fields = new Set([...Object.keys(expected), ...Object.keys(received)]) as Set<keyof EpochRecord>;
  return [...fields]
    .filter((field) => !Object.is(expected[field], received[field]))
    .map((field) => ({ field, expected: expected[field], received: received[field] }));
}
