import { resolve } from 'node:path';
import type { Training } from '@residual/runs';
import type { BackendOptions } from '../backends.js';
import { CommandError } from '../error.js';
import { modelNamed } from '../named.js';
import type { LogPlace } from './logs/places.js';
import { type PictureOptions, picturePairs } from './pictureOptions.js';
import type { RunSettings } from './settings.js';
import { type SplitOptions, splitPairs } from './splitOptions.js';
import { type TrainingOptions, trainingPairs } from './trainingOptions.js';

/** What the command line of `train` can say; what is left out comes from the file of `--config`, else from the recipe. */
export interface TrainOptions extends BackendOptions, TrainingOptions, PictureOptions, SplitOptions {
  config?: string;
  printConfig?: boolean;
  /** A file to draw training pictures in; nothing is trained. */
  preview?: string;
  import?: string[];
  recipe?: string;
  model?: string;
  /** What the network's weights begin as: a file, a folder, a run, or a row of `residual weights`. */
  weights?: string;
  /** What of the network is trained. */
  stages?: Training['stages'];
  epochs?: number;
  /** To train for: how many epochs that is, is measured. */
  minutes?: number;
  batchSize?: number;
  /** Where the device has no memory for the batch, begin again with half of it, once. */
  halveBatch?: boolean;
  learningRate?: number;
  limit?: number;
  seed?: number;
  data?: string;
  /** The file that keeps the decoded pictures. */
  pack?: string;
  /** In seconds. */
  checkpointEvery?: number;
  /** In epochs: their checkpoints stay. */
  keepEvery?: number;
  /** Where logs go that others read, beside the run folder. */
  log?: readonly LogPlace[];
  out?: string;
  resume?: string;
  json?: boolean;
}

/**
 * Pictures may be named as `train FOLDER` or as `train --data FOLDER`.
 *
 * @throws CommandError `USAGE` where both are there and differ.
 */
export function withPictures(pictures: string | undefined, options: TrainOptions): TrainOptions {
  const { data } = options;
  if (pictures === undefined) return options;
  if (data === undefined || resolve(data) === resolve(pictures)) return { ...options, data: pictures };
  throw new CommandError('USAGE', {
    where: '--data',
    expected: `none beside ${pictures}, which is the same option`,
    received: data,
    fix: 'Leave one of them out.',
  });
}

type Value = string | number | boolean;
type Pair = [option: string, given: Value | undefined, kept: Value | null];

/** The network that is asked for; beside weights it says what these are. */
function ofModel({ model, weights }: TrainOptions): string | undefined {
  return model && weights === undefined ? modelNamed(model, '--model').name : undefined;
}

/** With what a run may go on that it didn't begin with, beside where its pictures lie and a backend's own options. */
const CHANGEABLE = ['--epochs', '--learning-rate', '--schedule', '--warmup', '--patience', '--backend'];

/**
 * A resumed run does what its `config.json` says: other options may repeat that, but not contradict it.
 *
 * @throws CommandError `USAGE` naming the first contradiction and both values.
 */
export function requireNoConflicts(options: TrainOptions, settings: RunSettings): void {
  const { training, environment } = settings;
  const { resume = '', config } = options;
  if (config !== undefined) {
    throw new CommandError('USAGE', {
      where: '--config',
      expected: `none, as the run in ${resume} has its config.json`,
      received: config,
      fix: 'Leave the option out to go on with that run, or leave --resume out for a new one.',
    });
  }
  const pairs: Pair[] = [
    ['--recipe', options.recipe === 'auto' ? undefined : options.recipe, training.recipe],
    ['--model', ofModel(options), training.model.name],
    // Which they are is compared when they are opened.
    ['--weights', training.weights === null ? options.weights : undefined, null],
    ['--stages', options.stages, training.stages],
    ['--minutes', options.minutes, null],
    ['--batch-size', options.batchSize, training.batchSize],
    ...trainingPairs(options, training).filter(([option]) => !CHANGEABLE.includes(option)),
    ['--seed', options.seed, training.seed],
    ['--limit', options.limit, training.limit],
    ...picturePairs(options, settings),
    ...splitPairs(options, environment.data),
    ['--out', options.out && resolve(options.out), resolve(resume)],
  ];
  for (const [option, given, kept] of pairs) {
    if (given === undefined || given === '' || given === kept) continue;
    throw new CommandError('USAGE', {
      where: option,
      expected: `${kept ?? 'none'}, with which the run in ${resume} was started`,
      received: String(given),
      fix: `Leave the option out to go on with that run, or leave --resume out for a new one. What may change: ${CHANGEABLE.join(', ')}.`,
    });
  }
}
