import { fashionMnistTask } from '@residual/fashion-mnist';
import { recipes } from '@residual/recipes';
import { configure } from '@residual/runs';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addTrainingOptions,
  type TrainingOptions,
  trainingOverrides,
  trainingPairs,
} from './trainingOptions.js';

function parsed(...words: string[]): TrainingOptions {
  const command = addTrainingOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  return command.parse(words, { from: 'user' }).opts();
}

const trainingOf = (options: TrainingOptions) =>
  configure(recipes.quick, fashionMnistTask, trainingOverrides(options)).training;

/** Those that a run with this training would contradict. */
const contradicted = (options: TrainingOptions, training: ReturnType<typeof trainingOf>) =>
  trainingPairs(options, training).flatMap(([option, given, kept]) =>
    given === undefined || given === kept ? [] : option,
  );

describe('the options of training', () => {
  const words: [string, string[], object][] = [
    [
      'schedule',
      ['--schedule', 'plateau', '--warmup', '0.02'],
      { schedule: { name: 'plateau', warmup: 0.02 } },
    ],
    ['label smoothing', ['--label-smoothing', '0'], { loss: { labelSmoothing: 0 } }],
    [
      'weights',
      ['--class-weights', '1,2,1,1,1,1,1,1,1,.5'],
      { loss: { classWeights: [1, 2, 1, 1, 1, 1, 1, 1, 1, 0.5] } },
    ],
    ['balanced weights', ['--class-weights', 'balanced'], { loss: { classWeights: 'balanced' } }],
    ['focal', ['--focal', '2'], { loss: { name: 'focal', gamma: 2, labelSmoothing: 0.1 } }],
    ['mixup', ['--mixup', '.2'], { mix: { name: 'mixup', alpha: 0.2 } }],
    ['cutmix', ['--cutmix', '1'], { mix: { name: 'cutmix', alpha: 1 } }],
    [
      'freeze',
      ['--freeze', 'stem', '--freeze', 'stages.0'],
      {
        groups: [
          { pattern: 'stem', frozen: true },
          { pattern: 'stages.0', frozen: true },
        ],
      },
    ],
    [
      'unfreezing',
      ['--freeze', 'stem', '--unfreeze-at', '3'],
      { groups: [{ pattern: 'stem', frozen: true, unfreezeAt: 3 }] },
    ],
    ['layer decay', ['--layer-decay', '0.75'], { layerDecay: 0.75 }],
    ['control', ['--accumulate', '4', '--patience', '3'], { accumulate: 4, patience: 3 }],
    ['averages', ['--swa', '0.25'], { swa: 0.25 }],
  ];

  it.each(words)('%s reaches the training, and a run that goes on agrees', (_, given, expected) => {
    const options = parsed(...given);
    const training = trainingOf(options);
    expect(training).toMatchObject(expected);
    expect(contradicted(options, training)).toEqual([]);
    const other = trainingOf({});
    expect(contradicted(options, other)).toEqual(
      given.filter((word, i) => word.startsWith('--') && given.indexOf(word) === i),
    );
  });

  it.each([
    [['--warmup', '1'], '--warmup: expected a number of at least 0 and below 1, received 1.'],
    [['--class-weights', '1,,2'], '--class-weights: expected balanced, or numbers above 0 with commas'],
    [['--focal', 'much'], '--focal: expected a number of at least 0, received much.'],
    [['--mixup', '0'], '--mixup: expected a number above 0, received 0.'],
    [['--prior', 'even'], '--prior: expected data or uniform, received even.'],
    [['--swa', '1.5'], '--swa: expected a number above 0 and at most 1, received 1.5.'],
    [['--patience', '0'], '--patience: expected a whole number of at least 1, received 0.'],
  ])('refuses %j', (given, message) => {
    expect(() => parsed(...given)).toThrow(message);
  });
});
