import type { Checkpoint, MayDiffer } from '@residual/trainer';
import { parseRunConfig, type RunConfig } from './config.js';
import { RunsError } from './error.js';
import { type TrainingOverrides, withTrainingOverrides } from './trainingOverrides.js';

/** With what a run may go on that it didn't begin with. With anything else it would be another run. */
export interface Changes extends Pick<TrainingOverrides, 'schedule' | 'warmup' | 'patience'> {
  epochs?: number;
  learningRate?: number;
}

/** What these are to the trainer. */
export const mayDiffer: readonly MayDiffer[] = [
  'optimizer.learningRate',
  'learningRates',
  'patience',
  'config.training.epochs',
  'config.training.optimizer.learningRate',
  'config.training.schedule',
  'config.training.patience',
];

/**
 * A run's configuration with what it goes on with, for `resumeRun`. A schedule is always one of the whole run: with more epochs, or another
 * schedule, the next step has the rate that it would have had there.
 *
 * @throws RunsError `OPTION` naming the change, what it may be, and what to do; for stages other than `full`.
 *
 * @example
 * const config = withChanges(run.config, { epochs: 20 });
 * const longer = await resumeRun({ config, data, checkpoints });
 */
export function withChanges(config: RunConfig, changes: Changes): RunConfig {
  const { epochs, learningRate, ...overrides } = changes;
  const { training } = config;
  if (Object.values(changes).every((value) => value === undefined)) return config;
  if (training.stages !== 'full') throw notFull(training.stages);
  const changed = {
    ...withTrainingOverrides(training, overrides),
    epochs: epochs ?? training.epochs,
    optimizer: { ...training.optimizer, learningRate: learningRate ?? training.optimizer.learningRate },
  };
  return parseRunConfig({ ...config, training: changed }, 'changes');
}

/** @throws RunsError `OPTION` for an end that lies behind. */
export function requireEndAhead({ training }: RunConfig, { name, epoch, batch }: Checkpoint): void {
  const begun = batch > 0 ? epoch : epoch - 1;
  if (training.epochs >= begun) return;
  throw new RunsError('OPTION', {
    where: 'training.epochs',
    expected: `at least ${begun}, as ${name} is ${batch > 0 ? 'in' : 'after'} epoch ${begun}`,
    received: String(training.epochs),
    fix: 'Give more, or start a new run.',
  });
}

function notFull(stages: string): RunsError {
  return new RunsError('OPTION', {
    where: 'changes',
    expected: `none with the stages ${stages}, whose head is solved first`,
    received: 'some',
    fix: 'Start a new run.',
  });
}
