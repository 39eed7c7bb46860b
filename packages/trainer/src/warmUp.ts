import { buffers } from '@residual/blocks';
import type { PictureBatch } from '@residual/data';
import { referenceOps } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Prepare } from './data.js';
import type { Classifier } from './evaluate.js';
import { lossAndGradients } from './gradients.js';
import type { OptimizerState } from './optimizerState.js';

/** Batch normalisation needs more than one value a channel. */
const PICTURES = 2;

/**
 * Runs everything that a step and a validation run, on two pictures, and leaves the model as it was.
 * So a misfit of model and data shows before the run starts, and so do the operations without a kernel.
 *
 * @returns the operations that ran as their slow reference
 */
export function warmUp(
  model: Classifier,
  optimizer: OptimizerState,
  batch: PictureBatch,
  prepare: Prepare,
): string[] {
  preservingBuffers(model, () => {
    tf.tidy(() => {
      const few = firstPictures(batch, PICTURES);
      const x = prepare(few);
      const labels = tf.tensor1d(few.labels, 'int32');
      const { correct, gradients } = lossAndGradients(model, optimizer.parameters, x, labels, 0);
      correct.dispose();
      optimizer.rehearse(gradients);
      model.forward(x, 'eval');
    });
  });
  return referenceOps();
}

/** Runs `fn` and puts the running statistics back. */
export function preservingBuffers<T>(model: Classifier, fn: () => T): T {
  const statistics = buffers(model);
  const before = statistics.map((buffer) => buffer.clone());
  try {
    return fn();
  } finally {
    statistics.forEach((buffer, i) => {
      buffer.assign(before[i]!);
    });
    tf.dispose(before);
  }
}

function firstPictures({ images, labels, shape }: PictureBatch, count: number) {
  const size = Math.min(count, shape[0]);
  const [, ...picture] = shape;
  return {
    images: images.subarray(0, (images.length / shape[0]) * size),
    labels: labels.subarray(0, size),
    shape: [size, ...picture],
  };
}
