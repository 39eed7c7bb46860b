import type { Pictures } from '@residual/data';
import type { TrainOptions } from '@residual/trainer';
import type { Training } from './config.js';
import { lossOptions } from './lossOptions.js';
import { scheduleOf } from './schedules.js';

/** What a training is to the trainer, beside model and batches. @param pictures to train on: a loss may go by how often their classes come */
export function trainOptionsOf(training: Training, pictures: Pictures): Omit<TrainOptions, 'model' | 'data'> {
  return {
    ...lossOptions(training, pictures, 'config: training.loss'),
    mix: training.mix === null ? undefined : { ...training.mix, seed: training.seed },
    optimizer: training.optimizer,
    schedule: scheduleOf(training.schedule),
    seed: training.seed,
    groups: training.groups,
    layerDecay: training.layerDecay ?? undefined,
    maxEpochs: training.epochs,
    patience: training.patience ?? undefined,
    accumulate: training.accumulate,
    gradientClipNorm: training.gradientClipNorm,
    averageDecay: training.averageDecay ?? undefined,
    swa: training.swa ?? undefined,
  };
}
