import { recipes } from '@residual/recipes';
import { parseRunConfig, plainTraining } from '../../../../packages/runs/src/config.js';
import type { Target } from '../parser.ts';
import { json, jsonOf, task } from './inputs.ts';

export const target: Target = {
  seeds: () => [
    ...Object.values(recipes).map(({ training }) => json({ version: 1, task, training })),
    ...['frozen', 'auto'].map((stages) =>
      json({
        version: 1,
        task,
        training: {
          ...plainTraining,
          ...recipes.quick.training,
          stages,
          groups: [{ pattern: 'head', unfreezeAt: 2 }],
        },
      }),
    ),
    json({ version: 1, task, training: { ...recipes.quick.training, balance: 'loss', prior: 'data' } }),
    json({ version: 2 }),
    json({ version: 0 }),
    json(3),
  ],
  parse: (bytes) => parseRunConfig(jsonOf(bytes), 'config.json'),
  isJson: true,
  words: [
    'sampler',
    'loss',
    'uniform',
    'data',
    'frozen',
    'mixup',
    'focal',
    'unfreezeAt',
    'classWeights',
    'balanced',
    'prior',
  ],
};
