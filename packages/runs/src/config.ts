import { type Piece, pieceSchema, type Step, type Task, taskSchema, validate } from '@residual/data';
import type { Mix, Optimizer, ParameterGroup } from '@residual/trainer';
import * as v from 'valibot';
import { RunsError, type RunsProblem } from './error.js';
import { type Balance, lossSchema, type Prior, requireBalance } from './losses.js';
import { belowOne, integer, notNegative, positive, shareAboveZero } from './numbers.js';
import { optimizerSchema } from './optimizers.js';
import { type ScheduleValue, scheduleSchema } from './schedules.js';

/** Raised when a reader of the old form would go wrong. */
export const CONFIG_VERSION = 1;

/** The weights that a network begins with, of whatever library wrote them. */
export type StartingWeights = {
  /** For people: as it was published, or the file's. */
  readonly name: string;
  /** Of the file, or of several one after the other: 64 hexadecimal digits. */
  readonly sha256: string;
  /** Whether the head begins anew, since it is for other classes. */
  readonly newHead: boolean;
};

/** How a network is trained, down to the seed: plain JSON. What it learns is the {@link Task}. */
export type Training = {
  /** Where the rest comes from, for people. */
  readonly recipe: string;
  /** A row of `@residual/models`, or one of `defineModel`. */
  readonly model: Piece;
  /** What its weights begin as; null: drawn by the seed. */
  readonly weights: StartingWeights | null;
  /**
   * `frozen`: the head alone is trained, on what the rest makes of one crop of each picture; `full`: all of the network; `auto`: one after
   * the other, and what validation finds better is kept.
   */
  readonly stages: 'full' | 'frozen' | 'auto';
  readonly optimizer: Optimizer;
  readonly schedule: ScheduleValue;
  /** `softmaxCrossEntropy` or `focal`, with `labelSmoothing` and perhaps `classWeights`, or one of `defineLoss`. */
  readonly loss: Piece;
  /** How pictures and labels of a batch are mixed; null: not at all. */
  readonly mix: Pick<Mix, 'name' | 'alpha'> | null;
  /** How parameters of some paths are trained otherwise than the rest, or not at all. */
  readonly groups: readonly ParameterGroup[];
  /** Multiplies the learning rate of each layer for each layer that comes after it; null: all layers alike. */
  readonly layerDecay: number | null;
  readonly epochs: number;
  /** How many epochs without a better validation accuracy end the run; null: none do. */
  readonly patience: number | null;
  readonly batchSize: number;
  /** How many batches a step is of. */
  readonly accumulate: number;
  /** 0: no clipping. */
  readonly gradientClipNorm: number;
  /** null: no averaging. */
  readonly averageDecay: number | null;
  /** The share of the epochs, the last ones, whose weights are averaged in the end; null: none are. */
  readonly swa: number | null;
  /** Of training pictures, in this order. */
  readonly augment: readonly Step[];
  /** Whether the last batch of an epoch is left out when it isn't full. */
  readonly dropLast: boolean;
  /**
   * `sampler`: an epoch, as long as ever, has each class equally often. `loss`: the loss adjusts the logits by how often each class
   * comes (Menon et al., arXiv 2007.07314).
   */
  readonly balance: Balance;
  /** How often answers take it that each class comes: as in the training pictures, or equally; null: as the balance has it. */
  readonly prior: Prior | null;
  /** Decides the initial weights, the order of the pictures and their augmentation. */
  readonly seed: number;
  /** How many training pictures to use, and at most that many of each other part, as data's `limit` takes them; null: all. */
  readonly limit: number | null;
  /**
   * How many of the pictures to train on are held out to validate with, at most a tenth of them, where the data has no validation part.
   * 0: the test part validates, where there is one.
   */
  readonly holdOut: number;
};

/** All that determines a run, as plain JSON: what checkpoints hold and resuming compares. */
export type RunConfig = {
  readonly version: typeof CONFIG_VERSION;
  readonly task: Task;
  readonly training: Training;
};

/** What a training is without these fields: files and recipes may leave them out. */
export const plainTraining = {
  weights: null,
  stages: 'full',
  mix: null,
  groups: [],
  layerDecay: null,
  patience: null,
  swa: null,
  accumulate: 1,
  dropLast: false,
  balance: 'none',
  prior: null,
} as const satisfies Partial<Training>;

const trainingSchema = v.strictObject({
  recipe: v.string(),
  model: pieceSchema,
  weights: v.optional(
    v.nullable(
      v.strictObject({
        name: v.pipe(v.string(), v.nonEmpty()),
        sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits in lower case')),
        newHead: v.boolean(),
      }),
    ),
    plainTraining.weights,
  ),
  stages: v.optional(v.picklist(['full', 'frozen', 'auto']), plainTraining.stages),
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  loss: lossSchema,
  mix: v.optional(
    v.nullable(v.strictObject({ name: v.picklist(['mixup', 'cutmix']), alpha: positive })),
    plainTraining.mix,
  ),
  groups: v.optional(
    v.array(
      v.strictObject({
        pattern: v.pipe(v.string(), v.nonEmpty()),
        learningRateScale: v.optional(positive),
        weightDecay: v.optional(notNegative),
        frozen: v.optional(v.boolean()),
        unfreezeAt: v.optional(integer(2)),
      }),
    ),
    () => [...plainTraining.groups],
  ),
  layerDecay: v.optional(v.nullable(shareAboveZero), plainTraining.layerDecay),
  epochs: integer(1),
  patience: v.optional(v.nullable(integer(1)), plainTraining.patience),
  batchSize: integer(1),
  accumulate: v.optional(integer(1), plainTraining.accumulate),
  gradientClipNorm: notNegative,
  averageDecay: v.nullable(belowOne),
  swa: v.optional(v.nullable(shareAboveZero), plainTraining.swa),
  augment: v.array(pieceSchema),
  dropLast: v.optional(v.boolean(), plainTraining.dropLast),
  balance: v.optional(v.picklist(['none', 'sampler', 'loss']), plainTraining.balance),
  prior: v.optional(v.nullable(v.picklist(['data', 'uniform'])), plainTraining.prior),
  seed: integer(0),
  limit: v.nullable(integer(1)),
  holdOut: integer(0),
});

/** A {@link RunConfig}, field by field: validates one, and makes the JSON Schema for editors. */
export const runConfigSchema = v.strictObject({
  version: v.literal(CONFIG_VERSION),
  task: taskSchema,
  training: trainingSchema,
});

/**
 * Reads a run's configuration, as a checkpoint or a `config.json` holds it.
 *
 * @param where for messages, such as the file's name
 * @throws RunsError `VERSION` when it was written by another version of this library, `OPTION` naming the first field that
 *   makes no sense.
 */
export function parseRunConfig(value: unknown, where: string): RunConfig {
  requireVersion(value, where);
  const config = validate(runConfigSchema, value, where, refusal) as RunConfig;
  requireBalance(config.training, where);
  requireFrozen(config.training, where);
  return config;
}

/** What a frozen trunk makes of a picture is computed once. @throws RunsError `OPTION` */
function requireFrozen({ stages, augment, mix, groups }: Training, where: string): void {
  if (stages !== 'frozen') return;
  const late = groups.findIndex(({ unfreezeAt }) => unfreezeAt !== undefined);
  if (late >= 0) {
    throw new RunsError('OPTION', {
      where: `${where}: training.groups[${late}].unfreezeAt`,
      expected: 'none where the head alone is trained',
      received: String(groups[late]!.unfreezeAt),
      fix: 'Leave it out, or train all stages.',
    });
  }
  if (augment.length === 0 && mix === null) return;
  throw new RunsError('OPTION', {
    where: `${where}: training.${mix === null ? 'augment' : 'mix'}`,
    expected: 'none with a frozen trunk, whose features are kept',
    received: mix?.name ?? augment.map(({ name }) => name).join(', '),
    fix: 'Leave it out, or train all stages.',
  });
}

/**
 * Reads a piece, such as the network that a model file names.
 *
 * @throws RunsError `OPTION`
 */
export function parsePiece(value: unknown, where: string): Piece {
  return validate(pieceSchema, value, where, refusal);
}

/** @throws RunsError `VERSION` */
function requireVersion(value: unknown, where: string): void {
  const isObject = typeof value === 'object' && value !== null;
  const version = isObject && 'version' in value ? value.version : undefined;
  if (version === CONFIG_VERSION) return;
  const isNewer = typeof version === 'number' && version > CONFIG_VERSION;
  throw new RunsError('VERSION', {
    where: `${where}: version`,
    expected: String(CONFIG_VERSION),
    received: isObject ? (JSON.stringify(version)?.slice(0, 40) ?? 'none') : 'no configuration at all',
    fix: isNewer
      ? 'Update @residual/runs to the version that wrote it.'
      : 'It is of an older form, or no configuration of a run: start a new run.',
  });
}

const refusal = {
  fix: 'Correct it; what `configure` gives, or `--print-config` at a terminal, is a whole one.',
  fail: (problem: RunsProblem) => new RunsError('OPTION', problem),
};
