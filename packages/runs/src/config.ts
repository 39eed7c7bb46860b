import { type Piece, pieceSchema, type Step, type Task, taskSchema, validate } from '@residual/data';
import type {
  CosineOptions,
  CosineRestartsOptions,
  MultiStepOptions,
  OneCycleCosineOptions,
  Optimizer,
  PlateauOptions,
  StepOptions,
  WarmUpStableDecayOptions,
  WarmupOptions,
} from '@residual/trainer';
import * as v from 'valibot';
import { RunsError, type RunsProblem } from './error.js';

/** Raised when a reader of the old form would go wrong. */
export const CONFIG_VERSION = 1;

/** A learning rate schedule as plain JSON: one of the trainer's, with all its options. */
export type ScheduleValue = {
  readonly [Name in keyof ScheduleOptions]: { readonly name: Name } & Readonly<
    Required<ScheduleOptions[Name]>
  >;
}[keyof ScheduleOptions];

interface ScheduleOptions {
  constant: WarmupOptions;
  cosine: CosineOptions;
  cosineRestarts: CosineRestartsOptions;
  oneCycle: WarmupOptions;
  oneCycleCosine: OneCycleCosineOptions;
  step: StepOptions;
  multiStep: MultiStepOptions;
  warmUpStableDecay: WarmUpStableDecayOptions;
  plateau: PlateauOptions;
}

/** How a network is trained, down to the seed: plain JSON. What it learns is the {@link Task}. */
export type Training = {
  /** Where the rest comes from, for people. */
  readonly recipe: string;
  /** A row of `@residual/models`, or one of `defineModel`. */
  readonly model: Piece;
  readonly optimizer: Optimizer;
  readonly schedule: ScheduleValue;
  /** `softmaxCrossEntropy`, with `labelSmoothing`, or one of `defineLoss`. */
  readonly loss: Piece;
  readonly epochs: number;
  readonly batchSize: number;
  /** 0: no clipping. */
  readonly gradientClipNorm: number;
  /** null: no averaging. */
  readonly averageDecay: number | null;
  /** Of training pictures, in this order. */
  readonly augment: readonly Step[];
  /** Whether the last batch of an epoch is left out when it isn't full. */
  readonly dropLast: boolean;
  /** `sampler`: an epoch, as long as ever, has each class equally often. */
  readonly balance: 'none' | 'sampler';
  /** Decides the initial weights, the order of the pictures and their augmentation. */
  readonly seed: number;
  /** How many training pictures to use, and at most that many of each other part; null: all. */
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

const integer = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const belowOne = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
const notNegative = v.pipe(v.number(), v.finite(), v.minValue(0));
const name = v.pipe(v.string(), v.nonEmpty());

const factor = v.pipe(v.number(), v.gtValue(0), v.ltValue(1));
const shareAboveZero = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));
const warmup = { warmup: belowOne };
const curve = { ...warmup, minimum: belowOne };

const scheduleSchema = v.variant('name', [
  v.strictObject({ name: v.literal('constant'), ...warmup }),
  v.strictObject({ name: v.literal('cosine'), ...curve }),
  v.strictObject({
    name: v.literal('cosineRestarts'),
    ...curve,
    cycles: integer(1),
    cycleMultiplier: positive,
    cycleDecay: shareAboveZero,
  }),
  v.strictObject({ name: v.literal('oneCycle'), ...warmup }),
  v.strictObject({
    name: v.literal('oneCycleCosine'),
    ...warmup,
    divFactor: positive,
    finalDivFactor: positive,
  }),
  v.strictObject({ name: v.literal('step'), ...warmup, every: shareAboveZero, gamma: factor }),
  v.strictObject({ name: v.literal('multiStep'), ...warmup, milestones: v.array(factor), gamma: factor }),
  v.strictObject({ name: v.literal('warmUpStableDecay'), ...curve, decay: belowOne }),
  v.strictObject({
    name: v.literal('plateau'),
    ...curve,
    factor,
    patience: integer(0),
    threshold: belowOne,
    cooldown: integer(0),
  }),
]);

/** `sgd` field by field; one that a user defined by what all have. */
const optimizerSchema = v.union([
  v.strictObject({
    name: v.literal('sgd'),
    learningRate: positive,
    momentum: belowOne,
    nesterov: v.boolean(),
    weightDecay: notNegative,
  }),
  v.looseObject({ name, version: integer(1), learningRate: positive }),
]);

const lossSchema = v.union([
  v.strictObject({ name: v.literal('softmaxCrossEntropy'), labelSmoothing: belowOne }),
  v.looseObject({ name, version: integer(1) }),
]);

const trainingSchema = v.strictObject({
  recipe: v.string(),
  model: pieceSchema,
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  loss: lossSchema,
  epochs: integer(1),
  batchSize: integer(1),
  gradientClipNorm: notNegative,
  averageDecay: v.nullable(belowOne),
  augment: v.array(pieceSchema),
  // Runs that were recorded before there was a choice had none.
  dropLast: v.optional(v.boolean(), false),
  balance: v.optional(v.picklist(['none', 'sampler']), 'none'),
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
  return validate(runConfigSchema, value, where, refusal) as RunConfig;
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
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : 'none';
  if (version === CONFIG_VERSION) return;
  const isNewer = typeof version === 'number' && version > CONFIG_VERSION;
  throw new RunsError('VERSION', {
    where: `${where}: version`,
    expected: String(CONFIG_VERSION),
    received: typeof value === 'object' && value !== null ? String(version) : 'no configuration at all',
    fix: isNewer
      ? 'Update @residual/runs to the version that wrote it.'
      : 'It is of an older form, or no configuration of a run: start a new run.',
  });
}

const refusal = {
  fix: 'Correct it; what `configure` gives, or `--print-config` at a terminal, is a whole one.',
  fail: (problem: RunsProblem) => new RunsError('OPTION', problem),
};
