import type { PictureBatch } from '@residual/data';
import { fallbacksDuring } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { BatchSource } from '../data.js';
import { codeOf, TrainerError } from '../error.js';
import type { StartEvent } from '../events.js';
import { stepsPerEpoch, type TrainSettings } from '../options.js';
import { batchInput } from '../step/batchInput.js';
import { lossAndGradients, preservingBuffers } from '../step/gradients.js';
import type { OptimizerState } from '../step/optimizerState.js';
import type { RecordedPasses } from '../step/recordedPasses.js';

/** Batch normalisation needs more than one value a channel. */
const PICTURES = 2;

/** What a run is going to do. Tries out a step first, so that a misfit of model and data shows before the run says that it starts. */
export function startEvent(
  settings: TrainSettings,
  optimizer: OptimizerState,
  firstBatch: PictureBatch,
  passes: RecordedPasses | undefined,
): StartEvent {
  const { data, device, maxEpochs, resume } = settings;
  const { train, validation } = data;
  const referenceOps = warmUp(settings, optimizer, firstBatch, passes);
  const unrecorded =
    passes === undefined
      ? settings.record === false
        ? 'record is false'
        : 'the backend records nothing'
      : passes.obstacle;
  return {
    type: 'start',
    backend: tf.getBackend(),
    ...(device !== undefined && { device }),
    referenceOps,
    ...(unrecorded !== undefined && { unrecorded }),
    parameters: [...optimizer.parameters.values()].reduce((sum, { size }) => sum + size, 0),
    maxEpochs,
    stepsPerEpoch: stepsPerEpoch(settings),
    totalSteps: maxEpochs * stepsPerEpoch(settings),
    trainExamples: train.dataset.length,
    validationExamples: validation?.dataset.length ?? 0,
    ...(resume && { resumedAt: resumedAt(resume) }),
  };
}

function resumedAt({ step, epoch, batch, chain }: Checkpoint): StartEvent['resumedAt'] {
  return { step, epoch, batch, ...(chain !== undefined && { chain }) };
}

/**
 * Runs everything that a step and a validation run, on two pictures, or on one where that is all that an epoch's last batch has, and
 * leaves the model as it was. So a misfit of model and data shows before the run starts, and so do the operations without a kernel.
 *
 * @throws TrainerError `OPTION` where the network can't be trained on that one picture.
 * @returns the kernels, TensorFlow.js's own too, that ran as code which isn't the backend's: slow
 */
function warmUp(
  settings: TrainSettings,
  optimizer: OptimizerState,
  batch: PictureBatch,
  passes: RecordedPasses | undefined,
): string[] {
  const { model, data } = settings;
  const count = Math.min(PICTURES, lastBatchSize(data.train));
  const tryOut = () =>
    tf.tidy(() => {
      const input = batchInput(settings, firstPictures(batch, count), { epoch: 0, batch: 0 });
      const pass = () => passes?.tryOut(input) ?? lossAndGradients(model, optimizer.parameters, input);
      const { correct, gradients } = optimizer.gradients(pass);
      correct.dispose();
      optimizer.rehearse(gradients);
      model.forward(input.x, 'eval');
    });
  try {
    return fallbacksDuring(() => preservingBuffers(model, tryOut));
  } catch (error) {
    throw count === 1 && codeOf(error) === 'SHAPE' ? lastBatchError(data.train, error) : error;
  }
}

function lastBatchSize({ dataset, batchSize, batchesPerEpoch }: BatchSource): number {
  return Math.min(batchSize, dataset.length - (batchesPerEpoch - 1) * batchSize);
}

function lastBatchError({ dataset, batchSize }: BatchSource, cause: unknown): TrainerError {
  return new TrainerError(
    'OPTION',
    {
      where: `${dataset.name}: the last batch of an epoch`,
      expected: 'two pictures or more, which batch normalisation needs on so small a map',
      received: `1, of ${dataset.length} pictures in batches of ${batchSize}`,
      fix: 'Leave that batch out (dropLast; at a terminal --drop-last), or choose another batch size.',
    },
    { cause },
  );
}

function firstPictures(
  { images, labels, shape }: PictureBatch,
  count: number,
): Pick<PictureBatch, 'images' | 'labels' | 'shape'> {
  const size = Math.min(count, shape[0]);
  const [, ...picture] = shape;
  return {
    images: images.subarray(0, (images.length / shape[0]) * size),
    labels: labels.subarray(0, size),
    shape: [size, ...picture],
  };
}
