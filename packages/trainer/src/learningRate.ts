import type { TrainSettings } from './options.js';

/** The learning rate of a run's step, by its schedule. @param step from 0 */
export function learningRateAt(
  { schedule, maxEpochs, data, optimizer }: TrainSettings,
  step: number,
): number {
  return schedule(step, maxEpochs * data.train.batchesPerEpoch, optimizer.learningRate);
}
