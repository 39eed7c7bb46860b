import type { OptimizerOverrides, Overrides, Training, TrainingOverrides } from '@residual/runs';
import { optimizerDefaults, scheduleDefaults } from '@residual/trainer';
import type { Command } from 'commander';
import {
  numberOfAtLeast,
  oneOf,
  positiveNumber,
  positiveNumbers,
  share,
  shareAboveZero,
  wholeNumber,
} from '../values.js';

/** What the command line says of how a network is trained, beside the numbers that it always had. */
export type TrainingOptions = Omit<TrainingOverrides, 'schedule' | 'prior'> &
  Pick<OptimizerOverrides, 'weightDecay' | 'momentum'> &
  Pick<Overrides, 'holdOut'> & {
    optimizer?: string;
    schedule?: string;
    prior?: 'data' | 'uniform';
  };

interface Row<Name extends keyof TrainingOptions> {
  /** Such as `--warmup <share>`. */
  flags: string;
  help: string;
  parse?(text: string, before: TrainingOptions[Name]): TrainingOptions[Name];
  /** What a run has that began with it. */
  kept(training: Training): TrainingOptions[Name] | null;
}

const rows: { readonly [Name in keyof Required<TrainingOptions>]: Row<Name> } = {
  optimizer: {
    flags: '--optimizer <name>',
    help: `what moves the weights: ${Object.keys(optimizerDefaults).join(', ')}, or sam (of the recipe's); default: the recipe's`,
    parse: (name) => name.toLowerCase(),
    kept: ({ optimizer }) => optimizer.name,
  },
  weightDecay: {
    flags: '--weight-decay <x>',
    help: "how weights are pulled towards 0; default: the recipe's, or that of --optimizer",
    parse: numberOfAtLeast('--weight-decay', 0),
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
  labelSmoothing: {
    flags: '--label-smoothing <share>',
    help: "of each target, spread over all classes; default: the recipe's",
    parse: share('--label-smoothing'),
    kept: ({ loss }) => (loss.labelSmoothing as number | undefined) ?? null,
  },
  classWeights: {
    flags: '--class-weights <list>',
    help: 'how much a picture of each class counts: balanced, or numbers in the order of the classes, such as 1,5,2',
    parse: (text) => (text === 'balanced' ? text : positiveNumbers('--class-weights')(text)),
    kept: ({ loss }) => (loss.classWeights as TrainingOptions['classWeights']) ?? null,
  },
  focal: {
    flags: '--focal <gamma>',
    help: 'the focal loss: what is answered well counts little, such as 2',
    parse: numberOfAtLeast('--focal', 0),
    kept: ({ loss }) => (loss.gamma as number | undefined) ?? null,
  },
  mixup: {
    flags: '--mixup <alpha>',
    help: 'mix each picture with another of its batch, such as 0.2',
    parse: positiveNumber('--mixup'),
    kept: ({ mix }) => (mix?.name === 'mixup' ? mix.alpha : null),
  },
  cutmix: {
    flags: '--cutmix <alpha>',
    help: 'put a piece of another picture of the batch into each, such as 1',
    parse: positiveNumber('--cutmix'),
    kept: ({ mix }) => (mix?.name === 'cutmix' ? mix.alpha : null),
  },
  prior: {
    flags: '--prior <which>',
    help: 'how often answers take it that each class comes: data or uniform; default: data, and uniform with --balance',
    parse: oneOf('--prior', 'data', 'uniform'),
    kept: ({ prior }) => prior,
  },
  freeze: {
    flags: '--freeze <pattern>',
    help: 'train nothing of these paths, such as stem, stages.0 or **.bn*; may be repeated',
    parse: (text, before = []) => [...before, text],
    kept: ({ groups }) => groups.filter(({ frozen }) => frozen).map(({ pattern }) => pattern),
  },
  unfreezeAt: {
    flags: '--unfreeze-at <epoch>',
    help: 'train what --freeze names after all, from this epoch on',
    parse: wholeNumber('--unfreeze-at', 2),
    kept: ({ groups }) => groups.find(({ unfreezeAt }) => unfreezeAt !== undefined)?.unfreezeAt ?? null,
  },
  layerDecay: {
    flags: '--layer-decay <x>',
    help: 'multiply the learning rate of each layer by this for each layer after it, such as 0.75',
    parse: positiveNumber('--layer-decay'),
    kept: ({ layerDecay }) => layerDecay,
  },
  accumulate: {
    flags: '--accumulate <n>',
    help: 'take a step with the gradients of so many batches together; default: 1',
    parse: wholeNumber('--accumulate', 1),
    kept: ({ accumulate }) => accumulate,
  },
  patience: {
    flags: '--patience <n>',
    help: 'end after so many epochs without a better validation accuracy; default: never',
    parse: wholeNumber('--patience', 1),
    kept: ({ patience }) => patience,
  },
  swa: {
    flags: '--swa <share>',
    help: 'average the weights of the last epochs in the end, of this share of them, such as 0.25; default: none',
    parse: shareAboveZero('--swa'),
    kept: ({ swa }) => swa,
  },
  holdOut: {
    flags: '--hold-out <n>',
    help: "images to train on that validate, where the data has no validation part; 0: the test part does; default: the recipe's, at most a tenth",
    parse: wholeNumber('--hold-out', 0),
    kept: ({ holdOut }) => holdOut,
  },
};

const names = Object.keys(rows) as (keyof TrainingOptions)[];

/** @param without those that the command has nothing to do with */
export function addTrainingOptions(
  command: Command,
  without: readonly (keyof TrainingOptions)[] = [],
): Command {
  for (const name of names) {
    if (without.includes(name)) continue;
    const { flags, help, parse } = rows[name] as Row<keyof TrainingOptions>;
    if (parse === undefined) command.option(flags, help);
    else command.option(flags, help, parse);
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
  if (optimizer === undefined || ['sam', ofRecipe.name].includes(optimizer) || learningRate !== undefined)
    return [];
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
    return [flags.split(' ')[0]!, text(options[name]), text(kept(training)) ?? null];
  });
}

function text<Value extends string | number>(
  value: Value | readonly (string | number)[] | null | undefined,
): Value | string | undefined {
  return typeof value === 'object' ? value?.join(',') : value;
}
