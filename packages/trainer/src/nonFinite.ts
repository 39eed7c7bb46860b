import { TrainerError } from './error.js';
import type { Evaluation } from './evaluate.js';
import { findNonFinite } from './findNonFinite.js';
import { learningRateAt } from './learningRate.js';
import type { OptimizerState } from './optimizerState.js';
import type { TrainSettings } from './options.js';

/** The error that ends a run whose loss or gradients are not finite. @param step from 0 */
export async function nonFiniteError(
  settings: TrainSettings,
  { parameters }: OptimizerState,
  step: number,
): Promise<TrainerError> {
  const { model, data, labelSmoothing } = settings;
  const { batchesPerEpoch } = data.train;
  const epoch = Math.floor(step / batchesPerEpoch);
  const index = step % batchesPerEpoch;
  // Batches are functions of their position, so the one that did it can be had again.
  const [batch] = data.train.epoch(epoch, index);
  const found = batch && (await findNonFinite(model, parameters, batch, data.prepare, labelSmoothing));
  return new TrainerError('NON_FINITE', {
    where: `step ${step + 1} (epoch ${epoch + 1}, batch ${index + 1})`,
    expected: 'a finite loss and finite gradients',
    received: `NaN or an infinite value${found === undefined ? '' : `, first in ${found}`}`,
    fix:
      `Lower the learning rate (it was ${learningRateAt(settings, step)}), or set gradientClipNorm, for example to 1. ` +
      'Checkpoints are from before this step.',
  });
}

/** @throws TrainerError `NON_FINITE`: what history and the best epoch are made of must be numbers. */
export function requireFiniteValidation({ loss }: Evaluation, epoch: number): void {
  if (Number.isFinite(loss)) return;
  throw new TrainerError('NON_FINITE', {
    where: `validation after epoch ${epoch}`,
    expected: 'a finite loss',
    received: String(loss),
    fix: 'Check that each validation label is one of the classes, and lower the learning rate.',
  });
}
