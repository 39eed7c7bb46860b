import { TrainerError } from './error.js';
import { findNonFinite } from './findNonFinite.js';
import type { OptimizerState } from './optimizerState.js';
import type { TrainSettings } from './options.js';

/** The error that ends a run whose loss or gradients are not finite. @param step from 0 */
export async function nonFiniteError(
  { model, data, labelSmoothing, schedule, maxEpochs, optimizer }: TrainSettings,
  { parameters }: OptimizerState,
  step: number,
): Promise<TrainerError> {
  const { batchesPerEpoch } = data.train;
  const epoch = Math.floor(step / batchesPerEpoch);
  const index = step % batchesPerEpoch;
  // Batches are functions of their position, so the one that did it can be had again.
  const [batch] = data.train.epoch(epoch, index);
  const found = batch && (await findNonFinite(model, parameters, batch, data.prepare, labelSmoothing));
  const learningRate = schedule(step, maxEpochs * batchesPerEpoch, optimizer.learningRate);
  return new TrainerError('NON_FINITE', {
    where: `step ${step + 1} (epoch ${epoch + 1}, batch ${index + 1})`,
    expected: 'a finite loss and finite gradients',
    received: `NaN or an infinite value${found === undefined ? '' : `, first in ${found}`}`,
    fix:
      `Lower the learning rate (it was ${learningRate}), or set gradientClipNorm, for example to 1. ` +
      'Checkpoints are from before this step.',
  });
}
