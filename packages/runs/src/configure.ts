import type { Normalize, Piece, Step, Task } from '@residual/data';
import { horizontalFlip, mirrors, stretch } from '@residual/pictures';
import {
  parseRunConfig,
  plainTraining,
  type RunConfig,
  type StartingWeights,
  type Training,
} from './config.js';
import { RunsError } from './error.js';
import { type OptimizerOverrides, optimizerValue } from './optimizers.js';
import { modelOf } from './pieces.js';
import { type TrainingOverrides, withTrainingOverrides } from './trainingOverrides.js';

/** A way to train on any task, as a value: plain JSON. */
export type Recipe = {
  readonly name: string;
  /** One line for a list. */
  readonly summary: string;
  /** What the data's pictures are resized to; null: as the data's task leaves them. */
  readonly resize: readonly [height: number, width: number] | null;
  /** Whether pictures are normalized by the data's mean and standard deviation; else x / 255 as it is. */
  readonly normalize: boolean;
  /** How pictures become the network's, where it isn't the data's own way; with a mean and deviation of its own, or those of the data. */
  readonly fit?: Pick<Task, 'picture' | 'steps'> & Partial<Pick<Task, 'normalize'>>;
  /** What a run of every kind has is all that must be said; the rest is as in a plain run. */
  readonly training: Omit<Training, keyof typeof plainTraining> & Partial<Training>;
};

/** `none`: x / 255 as it is. */
export type Normalization = 'data' | 'imagenet' | 'none';

/** What may differ from the recipe. */
export interface Overrides extends TrainingOverrides, OptimizerOverrides {
  epochs?: number;
  batchSize?: number;
  /** A name in `models`, or the row that `defineModel` gave. */
  model?: string | Piece;
  /** What the network's weights begin as: `startRun` is given them. */
  weights?: StartingWeights;
  /** What of the network is trained. */
  stages?: Training['stages'];
  seed?: number;
  /** Uses only so many pictures of each part, for a quick try. */
  limit?: number;
  /** How many pictures to validate with are held out of those to train on, where the data has no such part. */
  holdOut?: number;
  /** False: no step of training mirrors pictures; true: one does. */
  flip?: boolean;
  /** The mean and the standard deviation that are subtracted and divided by: the data's own, ImageNet's, or none. */
  normalize?: Normalization;
  dropLast?: boolean;
  balance?: Training['balance'];
}

/**
 * What a recipe does with a data set: works the overrides in, and the recipe's size and normalization into the task.
 *
 * @param task the data's own
 * @throws RunsError `OPTION` naming the override, what it may be, and what to do; `MISSING_PIECE` for an unknown network.
 *
 * @example
 * const config = configure(recipes.quick, fashionMnistTask, { epochs: 1 });
 */
export function configure(recipe: Recipe, task: Task, overrides: Overrides = {}): RunConfig {
  const { epochs, batchSize, learningRate, model, seed, limit, holdOut } = overrides;
  const { flip, normalize, dropLast, balance, weights, stages } = overrides;
  const training: Training = { ...plainTraining, ...recipe.training };
  requireInteger('batchSize', batchSize, 1, `The recipe ${recipe.name} uses ${training.batchSize}.`);
  requireInteger('epochs', epochs, 1, 'Train for one epoch or more.');
  requireInteger('limit', limit, 1, 'Leave it out to use all pictures.');
  requireInteger('holdOut', holdOut, 0, '0 lets the test part validate.');
  requireInteger('seed', seed, 0, 'Any such number will do.');
  if (learningRate !== undefined && !(Number.isFinite(learningRate) && learningRate > 0)) {
    const fix = `The recipe ${recipe.name} uses ${training.optimizer.learningRate}.`;
    throw refusal('learningRate', 'a number above 0', String(learningRate), fix);
  }
  const config: RunConfig = {
    version: 1,
    task: taskOf(recipe, task, normalize),
    training: {
      ...withTrainingOverrides(training, overrides),
      model: model === undefined ? training.model : rowOf(model),
      weights: weights ?? training.weights,
      stages: stages ?? training.stages,
      epochs: epochs ?? training.epochs,
      batchSize: batchSize ?? training.batchSize,
      augment: flip === undefined ? training.augment : withFlip(training.augment, flip),
      dropLast: dropLast ?? training.dropLast,
      balance: balance ?? training.balance,
      seed: seed ?? training.seed,
      limit: limit ?? training.limit,
      holdOut: holdOut ?? training.holdOut,
      optimizer: optimizerValue(training.optimizer, overrides),
    },
  };
  return parseRunConfig(config, `recipe ${recipe.name}`);
}

/** By the name that the registry has: `ResNet18` is `resnet18`. */
function rowOf(model: string | Piece): Piece {
  const asked = typeof model === 'string' ? { name: model } : model;
  const { name, version } = modelOf(asked, 'model');
  return { ...asked, name, ...(version !== undefined && { version }) };
}

/** The steps of training without those that mirror, or with one that does. */
function withFlip(augment: readonly Step[], flip: boolean): readonly Step[] {
  if (!flip) return augment.filter((step) => !mirrors(step));
  return augment.some(mirrors) ? augment : [...augment, horizontalFlip()];
}

/** The data's task as the recipe has it. */
function taskOf(recipe: Recipe, task: Task, normalization: Normalization | undefined): Task {
  const fitted = { ...task, ...recipe.fit };
  const { picture, steps } = fitted;
  const { resize } = recipe;
  const isResized = resize !== null && (resize[0] !== picture.height || resize[1] !== picture.width);
  return {
    ...fitted,
    ...(isResized && {
      picture: { ...picture, height: resize[0], width: resize[1] },
      steps: [...steps, stretch({ height: resize[0], width: resize[1], interpolation: 'bilinear' })],
    }),
    normalize:
      normalization === undefined && recipe.fit?.normalize !== undefined
        ? recipe.fit.normalize
        : normalizeOf(task, normalization ?? (recipe.normalize ? 'data' : 'none')),
  };
}

/** Source: torchvision's references and weights. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] };

function normalizeOf({ picture, normalize }: Task, normalization: Normalization): Normalize | null {
  if (normalization === 'none') return null;
  if (normalization === 'data') return normalize;
  if (picture.channels === 3) return IMAGENET;
  throw refusal(
    'normalize',
    'data or none for grey pictures',
    normalization,
    "ImageNet's mean is that of colour pictures.",
  );
}

function requireInteger(where: string, value: number | undefined, min: number, fix: string): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= min)) return;
  throw refusal(where, `an integer of at least ${min}`, String(value), fix);
}

function refusal(where: string, expected: string, received: string, fix: string): RunsError {
  return new RunsError('OPTION', { where, expected, received, fix });
}
