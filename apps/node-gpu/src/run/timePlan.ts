import type { LoadedData } from '@residual/data';
import type { SelectedBackend } from '@residual/ops';
import { epochsWithin, measurePace, type Pace, type RunConfig, secondsOf } from '@residual/runs';
import { CommandError } from '../error.js';
import { formatDuration } from '../format.js';
import type { TimePlan } from './eventLog.js';
import type { TrainOptions } from './options.js';

/** How much of the time measuring each part may take, in seconds and as a share. */
const MEASURED = { least: 0.2, most: 5, share: 0.01 };
/** So that a GPU isn't waited for at each step; a CPU's steps are slow. */
const LOG_EVERY = { gpu: 20, cpu: 1 };

/**
 * --minutes says how long a run is: nothing else may.
 *
 * @throws CommandError `USAGE`
 */
export function requireTimeAlone({ minutes, epochs, halveBatch, stages }: TrainOptions): void {
  if (minutes === undefined) return;
  const others: [option: string, given: unknown, why: string][] = [
    ['--epochs', epochs, 'which says how long the run is'],
    ['--halve-batch', halveBatch, 'whose plan is for one batch size'],
    ['--stages', stages === 'full' ? undefined : stages, 'which is planned for training all layers'],
  ];
  for (const [where, given, why] of others) {
    if (given === undefined) continue;
    throw new CommandError('USAGE', {
      where,
      expected: `none beside --minutes ${minutes}, ${why}`,
      received: String(given),
      fix: 'Leave one of them out.',
    });
  }
}

/**
 * How many epochs fit, with their start and their end, into the minutes that are left since the command began.
 *
 * @returns undefined without --minutes, and where nothing is going to be trained
 * @throws CommandError `USAGE` where not even one does.
 */
export async function timePlan(
  config: RunConfig,
  data: LoadedData,
  { isGpu }: SelectedBackend,
  { minutes, preview }: TrainOptions,
  signal?: AbortSignal,
): Promise<TimePlan | undefined> {
  if (minutes === undefined || preview !== undefined) return undefined;
  const whole = 60 * minutes;
  const loaded = secondsSinceStart();
  const pace = await paceOf(config, data, { isGpu, minutes, signal });
  const spent = secondsSinceStart();
  const epochs = epochsWithin(pace, whole - spent);
  if (epochs > 0) {
    const total = spent + pace.start + epochs * pace.epoch + pace.test;
    const { epoch: secondsPerEpoch, test: testSeconds } = pace;
    return { minutes, epochs, secondsPerEpoch, testSeconds, seconds: total };
  }
  const { limit } = config.training;
  throw tooShort(pace, {
    minutes,
    spent,
    images: Math.min(data.train.length, limit ?? data.train.length),
    what:
      `one epoch takes: ${formatDuration(pace.epoch)}, after ${formatDuration(loaded)} of loading ` +
      `and ${formatDuration(spent - loaded)} of measuring`,
  });
}

/** What a run takes on this machine, measured for a small share of the minutes that it has. */
export function paceOf(
  config: RunConfig,
  data: LoadedData,
  { isGpu, minutes, signal }: { isGpu: boolean; minutes: number; signal?: AbortSignal },
): Promise<Pace> {
  const seconds = Math.min(MEASURED.most, Math.max(MEASURED.least, MEASURED.share * 60 * minutes));
  return measurePace(config, { data, seconds, logEvery: isGpu ? LOG_EVERY.gpu : LOG_EVERY.cpu, signal });
}

/** Where not even one epoch fits: how long it would take, and how few images would do. */
export function tooShort(
  pace: Pace,
  { minutes, spent, images, what }: { minutes: number; spent: number; images: number; what: string },
): CommandError {
  const least = spent + secondsOf(pace, 1);
  const fitting = Math.floor((images * (60 * minutes - spent)) / secondsOf(pace, 1));
  return new CommandError('USAGE', {
    where: '--minutes',
    expected: `${Math.ceil(least / 6) / 10} or more, which ${what}`,
    received: String(minutes),
    fix: fitting < 2 ? 'Give more.' : `Give more, or train on fewer images: --limit ${formatLimit(fitting)}.`,
  });
}

/** Since the process began. */
export function secondsSinceStart(): number {
  return performance.now() / 1000;
}

/** Rounded down to one digit, as it is a guess: 6723 -> `6000`. */
function formatLimit(images: number): string {
  const unit = 10 ** Math.floor(Math.log10(images));
  return String(Math.floor(images / unit) * unit);
}
