import { isDeepStrictEqual } from 'node:util';
import { type RunConfig, withChanges } from '@residual/runs';
import { backendOptions, flagOf } from '../backends.js';
import { CommandError } from '../error.js';
import type { TrainOptions } from './options.js';
import type { Change, Environment, RunSettings } from './settings.js';

/**
 * The configuration by which a run goes on: its own, with what the command line changes.
 *
 * @throws RunsError `OPTION` for values that can't be
 */
export function changedConfig(
  { environment: _, ...config }: RunSettings,
  { epochs, learningRate, schedule, warmup, patience }: TrainOptions,
): RunConfig {
  return withChanges(config, { epochs, learningRate, schedule, warmup, patience });
}

/** What differs of what may, in words. A backend's own choice is null. */
export function changesOf(
  before: RunSettings,
  { training }: RunConfig,
  after: Environment['backend'],
): Change[] {
  const { training: was, environment } = before;
  const isOther = environment.backend.name !== after.name;
  const rows: Change[] = [
    { what: 'epochs', from: was.epochs, to: training.epochs },
    { what: 'learning rate', from: was.optimizer.learningRate, to: training.optimizer.learningRate },
    { what: 'schedule', from: was.schedule, to: training.schedule },
    { what: 'patience', from: was.patience, to: training.patience },
    { what: 'backend', from: environment.backend.name, to: after.name },
    ...backendOptions.flatMap(({ name, changesBits, default: usual = null }): Change[] => {
      const from = environment.backend.options[name] ?? usual;
      const to = after.options[name] ?? usual;
      return changesBits && !isOther ? [{ what: flagOf(name).slice(2), from, to }] : [];
    }),
  ];
  return rows.filter(({ from, to }) => !isDeepStrictEqual(from, to));
}

/**
 * Whether a complete run goes on: it does where it is given more epochs than it has gone through.
 *
 * @throws CommandError `USAGE` for fewer epochs than that
 */
export function hasEpochsLeft(
  done: number,
  { epochs }: TrainOptions,
  { training }: RunConfig,
  isChanged: boolean,
) {
  if (epochs !== undefined && epochs < done) {
    throw new CommandError('USAGE', {
      where: '--epochs',
      expected: `more than ${done}, which the run has gone through`,
      received: String(epochs),
      fix: 'Give more, or leave --resume out for a new run.',
    });
  }
  return isChanged && done < training.epochs;
}

/** `epochs 10, now 20` */
export function changeText({ what, from, to }: Change): string {
  return `${what} ${valueText(from)}, now ${valueText(to)}`;
}

function valueText(value: Change['from']): string {
  if (value === null) return 'none';
  if (typeof value !== 'object') return String(value);
  const { name, ...options } = value;
  const words = Object.entries(options).map(([option, setting]) => `${option} ${setting}`);
  return words.length === 0 ? name : `${name} (${words.join(', ')})`;
}
