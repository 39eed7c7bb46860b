import { dispose } from '@residual/blocks';
import { type DataParts, limit, type Pictures } from '@residual/data';
import { evaluate, type TrainOptions } from '@residual/trainer';
import type { RunConfig } from './config.js';
import { RunsError } from './error.js';
import { batchesOf, taskInput } from './input.js';
import { judge } from './judge.js';
import { startRun } from './run.js';

/** What a run's parts take on a machine, in seconds. */
export interface Pace {
  /** From its pictures to its first step. */
  start: number;
  /** An epoch with its validation. */
  epoch: number;
  /** What comes after the last epoch: judging the test part, and before that, with `swa`, a pass through the pictures to train on. */
  test: number;
}

export interface PaceOptions extends Pick<TrainOptions, 'logEvery' | 'signal'> {
  data: DataParts;
  /** How long to look at each part, in seconds: the longer, the surer. Default 2. */
  seconds?: number;
}

/** What isn't measured: step events while kernels are compiled and pictures begin to be read. */
const SKIPPED_EVENTS = 2;
/** However slow the steps are. */
const LEAST_EVENTS = 3;
/** Of the schedule while it is measured: it never gets there. */
const EPOCHS = 1000;
/** The share of the time that is left for checkpoints, for curves and for what the clock does. */
const SPARE = 0.05;

/**
 * Measures a run on this machine: trains a network of the same kind for some steps, judges some pictures, and forgets both. A run that
 * starts afterwards has the bits that it has without.
 *
 * @throws RunsError `OPTION` for stages other than `full`; what `startRun` and its events throw; the signal's reason.
 *
 * @example
 * const pace = await measurePace(config, { data });
 * const epochs = epochsWithin(pace, 600);
 */
export async function measurePace(config: RunConfig, options: PaceOptions): Promise<Pace> {
  const { data, seconds = 2, logEvery, signal } = options;
  const { stages } = config.training;
  if (stages !== 'full') throw notFull(stages);
  const training = { ...config.training, weights: null, patience: null, epochs: EPOCHS };
  const begun = performance.now();
  const run = await startRun({ ...config, training }, { data, logEvery, signal });
  const { train, parts } = run.data;
  const measured = { start: 0, events: 0, images: 0, seconds: 0 };
  try {
    for await (const event of run.events) {
      signal?.throwIfAborted();
      if (event.type === 'start') measured.start = secondsSince(begun);
      if (event.type !== 'step') continue;
      measured.events++;
      if (measured.events <= SKIPPED_EVENTS) continue;
      measured.images += event.images;
      measured.seconds += event.seconds + event.waitSeconds;
      if (measured.events >= SKIPPED_EVENTS + LEAST_EVENTS && measured.seconds >= seconds) break;
    }
    const images = Math.min(train.dataset.length, train.batchesPerEpoch * train.batchSize);
    const input = taskInput(config.task);
    const { batchSize } = training;
    const sample = { batchSize, seconds };
    const validate = (some: Pictures) =>
      evaluate(run.model, batchesOf(some, input, { batchSize }), input.prepare, { signal });
    const test = (some: Pictures) => judge(run.model, some, config, { signal });
    return {
      start: measured.start,
      epoch:
        (measured.seconds / measured.images) * images +
        (await secondsFor(parts.validation, sample, validate)),
      test:
        (await secondsFor(parts.test, sample, test)) +
        (training.swa === null ? 0 : await secondsFor(parts.train, sample, validate)),
    };
  } finally {
    await run.events.return();
    dispose(run.model);
  }
}

function notFull(stages: string): RunsError {
  return new RunsError('OPTION', {
    where: 'training.stages',
    expected: 'full, whose steps take their time',
    received: `${stages}, where features of all pictures are computed first`,
    fix: 'Say how many epochs.',
  });
}

/** How many epochs a run has time for; 0 where it isn't even one. @param seconds from before its first step to after its test */
export function epochsWithin({ start, epoch, test }: Pace, seconds: number): number {
  return Math.max(0, Math.floor((seconds * (1 - SPARE) - start - test) / epoch));
}

/** How long a run takes, in seconds, with what is left for the rest: the other way round than {@link epochsWithin}. */
export function secondsOf({ start, epoch, test }: Pace, epochs: number): number {
  return (start + epochs * epoch + test) / (1 - SPARE);
}

/** Of all pictures, by some of them. */
async function secondsFor(
  pictures: Pictures | undefined,
  { batchSize, seconds }: { batchSize: number; seconds: number },
  work: (some: Pictures) => Promise<unknown>,
): Promise<number> {
  if (pictures === undefined) return 0;
  const timed = async (count: number) => {
    const some = limit(pictures, count);
    const start = performance.now();
    await work(some);
    return secondsSince(start) / some.length;
  };
  await timed(batchSize); // compiles kernels
  const each = await timed(batchSize);
  const count = Math.min(pictures.length, Math.floor(seconds / each));
  return pictures.length * (count > batchSize ? await timed(count) : each);
}

const secondsSince = (start: number): number => (performance.now() - start) / 1000;
