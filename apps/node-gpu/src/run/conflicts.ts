import { resolve } from 'node:path';
import { CommandError } from '../error.js';
import { findModel } from '../findModel.js';
import type { RunSettings } from './settings.js';
import type { TrainOptions } from './trainOptions.js';

/**
 * A resumed run does what its `config.json` says: options may repeat that, but not contradict it.
 *
 * @throws CommandError `USAGE` naming the first contradiction and both values.
 */
export function requireNoConflicts(options: TrainOptions, { recipe, ...settings }: RunSettings): void {
  const { resume = '' } = options;
  const pairs: [option: string, given: string | number | undefined, kept: string | number | null][] = [
    ['--recipe', options.recipe === 'auto' ? undefined : options.recipe, recipe.name],
    ['--model', options.model && findModel(options.model, '--model').name, recipe.model],
    ['--epochs', options.epochs, recipe.epochs],
    ['--batch-size', options.batchSize, recipe.batchSize],
    ['--learning-rate', options.learningRate, recipe.optimizer.learningRate],
    ['--seed', options.seed, recipe.seed],
    ['--limit', options.limit, settings.limit],
    ['--data', options.data && resolve(options.data), settings.data],
    ['--backend', options.backend === 'auto' ? undefined : options.backend, settings.backend.name],
    ['--threads', options.threads, settings.threads],
    ['--convolution', options.convolution, settings.convolution],
    ['--activations', options.activations, settings.activations],
    ['--out', options.out && resolve(options.out), resolve(resume)],
  ];
  for (const [option, given, kept] of pairs) {
    if (given === undefined || given === '' || given === kept) continue;
    throw new CommandError('USAGE', {
      where: option,
      expected: `${kept ?? 'none'}, with which the run in ${resume} was started`,
      received: String(given),
      fix: 'Leave the option out to go on with that run, or leave --resume out for a new one.',
    });
  }
}
