import { dispose } from '@residual/blocks';
import { type FindLearningRateOptions, findLearningRate, type RateRange } from '@residual/trainer';
import type { RunConfig } from './config.js';
import { RunsError } from './error.js';
import { runData } from './input.js';
import { newModel } from './network.js';
import { requirePieces } from './pieces.js';
import type { RunOptions } from './run.js';
import { trainOptionsOf } from './trainOptions.js';
import { startingModel } from './weights.js';

export type FindRateOptions = Pick<RunOptions, 'data' | 'weights' | 'signal'> &
  Pick<FindLearningRateOptions, 'from' | 'to' | 'steps' | 'onPoint'>;

/**
 * Which learning rate a run may have: the range test of the trainer's `findLearningRate` with the run's own network, pictures, loss and
 * optimizer. Nothing of it is kept.
 *
 * @throws RunsError `OPTION` for a frozen trunk; what `startRun` and `findLearningRate` throw.
 *
 * @example
 * const { suggestion, points } = await findRate(configure(recipes.quick, fashionMnistTask), { data });
 */
export async function findRate(
  config: RunConfig,
  { data: pictures, weights, signal, ...range }: FindRateOptions,
): Promise<RateRange> {
  requirePieces(config, 'config');
  const { task, training } = config;
  if (training.stages === 'frozen') throw frozen();
  const data = runData(config, pictures);
  const model =
    training.weights === null
      ? newModel({ task, model: training.model }, training.seed)
      : (await startingModel(config, weights)).model;
  const {
    maxEpochs: _,
    schedule: _schedule,
    patience: _patience,
    averageDecay: _averageDecay,
    swa: _swa,
    ...options
  } = trainOptionsOf(training, pictures.train);
  // A search has no epochs: what is frozen at first stays so.
  const groups = training.groups.map(({ unfreezeAt: _unfreezeAt, ...group }) => group);
  try {
    return await findLearningRate({ ...options, groups, ...range, model, data, signal });
  } finally {
    dispose(model);
  }
}

function frozen(): RunsError {
  return new RunsError('OPTION', {
    where: 'training.stages',
    expected: 'full, whose steps have a rate to find',
    received: 'frozen',
    fix: 'Train all stages, or freeze layers by their paths: training.groups.',
  });
}
