import type { Overrides, Training } from '@residual/runs';
import { scheduleDefaults } from '@residual/trainer';
import type { Command } from 'commander';
import { share, wholeNumber } from '../values.js';

/** What the command line says of how a network is trained, beside the numbers that it always had. */
export type TrainingOptions = Pick<Overrides, 'warmup' | 'holdOut'> & { schedule?: string };

interface Row<Name extends keyof TrainingOptions> {
  /** Such as `--warmup <share>`. */
  flags: string;
  help: string;
  parse?(text: string): TrainingOptions[Name];
  /** What a run has that began with it. */
  kept(training: Training): string | number | null;
}

const rows: { readonly [Name in keyof Required<TrainingOptions>]: Row<Name> } = {
  schedule: {
    flags: '--schedule <name>',
    help: `how the learning rate goes on: ${Object.keys(scheduleDefaults).join(', ')}; default: the recipe's`,
    kept: ({ schedule }) => schedule.name,
  },
  warmup: {
    flags: '--warmup <share>',
    help: "the share of the run in which the learning rate rises, such as 0.05; default: the schedule's",
    parse: share('--warmup'),
    kept: ({ schedule }) => schedule.warmup,
  },
  holdOut: {
    flags: '--hold-out <n>',
    help: "images to train on that validate, where the data has no validation part; 0: the test part does; default: the recipe's, at most a tenth",
    parse: wholeNumber('--hold-out', 0),
    kept: ({ holdOut }) => holdOut,
  },
};

const names = Object.keys(rows) as (keyof TrainingOptions)[];
const rowList: readonly Row<keyof TrainingOptions>[] = Object.values(rows);

export function addTrainingOptions(command: Command): Command {
  for (const { flags, help, parse } of rowList) {
    if (parse === undefined) command.option(flags, help);
    else command.option(flags, help, (text: string) => parse(text));
  }
  return command;
}

/** Those that were given, for `configure`. */
export function trainingOverrides(options: TrainingOptions): Overrides {
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}

/** Each option as it was given, and what the run has that goes on. */
export function trainingPairs(
  options: TrainingOptions,
  training: Training,
): [option: string, given: string | number | undefined, kept: string | number | null][] {
  return names.map((name) => {
    const { flags, kept } = rows[name];
    return [flags.split(' ')[0]!, options[name], kept(training)];
  });
}
