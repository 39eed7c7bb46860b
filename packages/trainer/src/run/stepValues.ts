import { type Observation, observe, withRandomness } from '@residual/blocks';
import type { PictureBatch } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { restore } from '../checkpoint/restore.js';
import { batchAt } from '../data.js';
import { stepsPerEpoch, type TrainOptions, type TrainSettings, trainSettings } from '../options.js';
import { batchInput } from '../step/batchInput.js';
import { gradientsOf, preservingBuffers } from '../step/gradients.js';
import type { Place } from '../step/mix.js';
import { OptimizerState } from '../step/optimizerState.js';
import { Progress } from './progress.js';

/** Something that a step of training computes with, or computes. */
export interface StepValue {
  /**
   * `batch`: pictures and labels as they are loaded. `input`: the network's, after mixing. `output`: of a module. `loss`. `output gradient`: of
   * the loss by a module's output. `gradient`: by a parameter.
   */
  operation: 'batch' | 'input' | 'output' | 'loss' | 'output gradient' | 'gradient';
  /** The module, by its path; that of the parameter for its gradient; empty for what belongs to none. */
  layer: string;
  data: Float32Array | Int32Array;
}

/** Still on the device. */
type Found = Omit<StepValue, 'data'> & { data: tf.Tensor };

/**
 * Computes the next step of a run as far as its gradients, and gives all that is computed, in the order in which it is: forwards through the
 * modules, backwards through them, and the gradients of the parameters. Of `sam`, what its first pass computes. The model keeps the values of
 * `resume`, and stays with the caller.
 *
 * Needs memory on the device for all of a batch's values at once.
 *
 * @param options as for `train`; of a checkpoint to go on from, only the tensors and the position count
 * @throws TrainerError `MISMATCH` for a checkpoint of another network; what `train` throws.
 */
export async function* stepValues(options: TrainOptions): AsyncGenerator<StepValue, void, undefined> {
  const settings = trainSettings(options);
  const { resume, model, data, accumulate } = settings;
  const { epoch, batch: first } = new Progress(resume).position;
  const optimizer = new OptimizerState(model, settings, { epoch, stepsPerEpoch: stepsPerEpoch(settings) });
  try {
    if (resume !== undefined) restore(model, optimizer, resume as Checkpoint);
    for (let at = first; at < first + accumulate; at++) {
      const batch = await batchAt(data.train, epoch - 1, at);
      if (batch === undefined) return;
      yield { operation: 'batch', layer: '', data: valuesOf(batch) };
      const found = compute(settings, optimizer.parameters, batch, { epoch: epoch - 1, batch: at });
      try {
        for (const { data, ...value } of found) yield { ...value, data: (await data.data()) as Float32Array };
      } finally {
        tf.dispose(found.map(({ data }) => data));
      }
    }
  } finally {
    optimizer.dispose();
  }
}

function valuesOf({ labels, images }: PictureBatch): Int32Array {
  const values = new Int32Array(labels.length + images.length);
  values.set(labels);
  values.set(images, labels.length);
  return values;
}

/** @returns tensors that belong to the caller */
function compute(
  settings: TrainSettings,
  parameters: ReadonlyMap<string, tf.Variable>,
  batch: PictureBatch,
  place: Place,
): Found[] {
  const { model } = settings;
  const found: Found[] = [];
  const keep = (operation: StepValue['operation'], layer: string, tensor: tf.Tensor) =>
    void found.push({ operation, layer, data: tf.keep(tensor.clone()) });
  const computeAll = () => {
    const { x, targets, loss, randomness } = batchInput(settings, batch, place);
    keep('input', '', x);
    const show = ({ path, output }: Observation) => {
      keep('output', path, output);
      return watched(output, (dy) => keep('output gradient', path, dy));
    };
    const { gradients } = gradientsOf(parameters, () => {
      const forward = () => withRandomness(model, randomness, () => model.forward(x, 'train'));
      const value = loss(observe(model, show, forward), targets); // of logits [B, K]
      keep('loss', '', value);
      return value;
    });
    const paths = [...parameters.keys()];
    for (let i = paths.length - 1; i >= 0; i--) keep('gradient', paths[i]!, gradients[i]!);
  };
  try {
    preservingBuffers(model, () => tf.tidy(computeAll));
    return found;
  } catch (error) {
    tf.dispose(found.map(({ data }) => data));
    throw error;
  }
}

/** The tensor, with its gradient shown as it passes. */
function watched(tensor: tf.Tensor, onGradient: (dy: tf.Tensor) => void): tf.Tensor {
  return tf.customGrad((x) => ({
    value: (x as tf.Tensor).clone(),
    gradFunc: (dy: tf.Tensor) => {
      onGradient(dy);
      return dy.clone();
    },
  }))(tensor);
}
