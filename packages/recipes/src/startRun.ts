import { init } from '@residual/blocks';
import { type DataSplit, limit as limitTo } from '@residual/data';
import { fashionMnist } from '@residual/fashion-mnist';
import { models, type ResNet } from '@residual/models';
import {
  type CheckpointPolicy,
  latestCheckpoint,
  type PictureData,
  pictureData,
  type TrainEvent,
  type TrainOptions,
  train,
} from '@residual/trainer';
import { augmentationsOf } from './augmentations.js';
import { configure, type Overrides, type RunConfig } from './config.js';
import { RecipesError } from './error.js';
import { inputOptions } from './input.js';
import { parseConfig } from './parseConfig.js';
import type { Recipe } from './recipe.js';
import { scheduleOf } from './schedules.js';

export interface RunOptions
  extends Pick<TrainOptions, 'checkpoints' | 'logEvery' | 'device' | 'recover' | 'signal'> {
  /** Pictures to use instead of Fashion-MNIST's. */
  split?: DataSplit;
}

/** A run that is ready: it works while its events are asked for. */
export interface Run {
  /** Belongs to the caller: `dispose(model)` frees it. */
  model: ResNet;
  config: RunConfig;
  data: PictureData;
  events: AsyncGenerator<TrainEvent, void, undefined>;
}

/**
 * Builds a recipe's model and data, and gets its training run ready.
 *
 * @throws RecipesError `OPTION` for overrides that make no sense; DataError when the pictures can't be read.
 *
 * @example
 * const { events } = await startRecipe(recipes.quick, { overrides: { epochs: 1 } });
 * for await (const event of events) console.log(event);
 */
export async function startRecipe(
  recipe: Recipe,
  { overrides, split, ...options }: RunOptions & { overrides?: Overrides } = {},
): Promise<Run> {
  return start(configure(recipe, overrides, split?.train.classNames), { split, ...options });
}

/**
 * Goes on with the run whose checkpoints are in `checkpoints.storage`, from the latest that is whole.
 *
 * @throws RecipesError `RESUME` when there is none, or it is not from a recipe; what `latestCheckpoint` throws.
 */
export async function resumeRun(options: RunOptions & { checkpoints: CheckpointPolicy }): Promise<Run> {
  const resume = await latestCheckpoint(options.checkpoints.storage);
  if (resume === undefined) {
    throw new RecipesError('RESUME', {
      where: 'resume',
      expected: 'a checkpoint to go on from',
      received: 'none',
      fix: 'Start a new run.',
    });
  }
  return start(parseConfig(resume.config, resume.name), { ...options, resume });
}

async function start(
  config: RunConfig,
  { split, ...options }: RunOptions & Pick<TrainOptions, 'resume'>,
): Promise<Run> {
  const { recipe, limit, classNames } = config;
  const pictures = limited(split ?? (await fashionMnist()), limit);
  const data = pictureData(pictures, {
    batchSize: recipe.batchSize,
    seed: recipe.seed,
    augment: augmentationsOf(recipe.augment),
    ...inputOptions(recipe),
  });
  const model = models[recipe.model].create({ numClasses: classNames.length });
  init(model, [1, ...data.inputShape], { seed: recipe.seed });
  const events = train({
    ...options,
    model,
    data,
    config,
    optimizer: recipe.optimizer,
    schedule: scheduleOf(recipe.schedule),
    maxEpochs: recipe.epochs,
    labelSmoothing: recipe.labelSmoothing,
    gradientClipNorm: recipe.gradientClipNorm,
    averageDecay: recipe.averageDecay ?? undefined,
  });
  return { model, config, data, events };
}

function limited({ train, test }: DataSplit, limit: number | null): DataSplit {
  return limit === null ? { train, test } : { train: limitTo(train, limit), test: limitTo(test, limit) };
}
