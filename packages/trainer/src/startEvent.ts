import type { PictureBatch } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import type { StartEvent } from './events.js';
import type { OptimizerState } from './optimizerState.js';
import type { TrainSettings } from './options.js';
import { warmUp } from './warmUp.js';

/** What a run is going to do. Tries out a step first, so that a misfit of model and data shows before the run says that it starts. */
export function startEvent(
  { model, data, device, maxEpochs, resume }: TrainSettings,
  optimizer: OptimizerState,
  firstBatch: PictureBatch,
): StartEvent {
  const { train, validation, prepare } = data;
  const referenceOps = warmUp(model, optimizer, firstBatch, prepare);
  return {
    type: 'start',
    backend: tf.getBackend(),
    ...(device !== undefined && { device }),
    referenceOps,
    parameters: [...optimizer.parameters.values()].reduce((sum, { size }) => sum + size, 0),
    maxEpochs,
    stepsPerEpoch: train.batchesPerEpoch,
    totalSteps: maxEpochs * train.batchesPerEpoch,
    trainExamples: train.dataset.length,
    validationExamples: validation?.dataset.length ?? 0,
    ...(resume && { resumedAt: { step: resume.step, epoch: resume.epoch, batch: resume.batch } }),
  };
}
