import type { Overrides, Training } from '@residual/runs';
import { optimizerDefaults, scheduleDefaults } from '@residual/trainer';
import type { Command } from 'commander';
import { numberFromZero, share } from '../values.js';

/** What the command line says of how a network is trained, beside the numbers that it always had. */
export type TrainingOptions = Pick<Overrides, 'warmup' | 'weightDecay' | 'momentum'> & {
  schedule?: string;
  optimizer?: string;
};

interface Row<Name extends keyof TrainingOptions> {
  /** Such as `--warmup <share>`. */
  flags: string;
  help: string;
  parse?(text: string): TrainingOptions[Name];
  /** What a run has that began with it. */
  kept(training: Training): string | number | null;
}

const rows: { readonly [Name in keyof Required<TrainingOptions>]: Row<Name> } = {
  optimizer: {
    flags: '--optimizer <name>',
    help: `what moves the weights: ${Object.keys(optimizerDefaults).join(', ')}; default: the recipe's`,
    parse: (name) => name.toLowerCase(),
    kept: ({ optimizer }) => optimizer.name,
  },
  weightDecay: {
    flags: '--weight-decay <x>',
    help: "how weights are pulled towards 0; default: the recipe's, or that of --optimizer",
    parse: numberFromZero('--weight-decay'),
    kept: ({ optimizer }) => optimizer.weightDecay ?? null,
  },
  momentum: {
    flags: '--momentum <x>',
    help: "of an optimizer that has one; default: the recipe's, or that of --optimizer",
    parse: share('--momentum'),
    kept: ({ optimizer }) => (typeof optimizer.momentum === 'number' ? optimizer.momentum : null),
  },
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

/** What to say where an optimizer that is not the recipe's learns at its own rate. */
export function remarksOnRate(
  { optimizer, learningRate }: TrainingOptions & { learningRate?: number },
  ofRecipe: Training['optimizer'],
  { learningRate: taken }: Training['optimizer'],
): string[] {
  if (optimizer === undefined || optimizer === ofRecipe.name || learningRate !== undefined) return [];
  return [
    `The learning rate is ${optimizer}'s own, ${taken}, as the recipe's ${ofRecipe.learningRate} is for ${ofRecipe.name}; ` +
      '--learning-rate sets another.',
  ];
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
