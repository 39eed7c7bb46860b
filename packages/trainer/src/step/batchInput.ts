import type { Randomness } from '@residual/blocks';
import type { PictureBatch } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainSettings } from '../options.js';
import { drawMix, type LossOfTargets, type MixedBatch, mixedBatch, type Place } from './mix.js';

/** What a step of training computes with: the network's input, the loss of its logits, and what modules draw from. */
export interface BatchInput extends MixedBatch {
  randomness: Randomness;
}

/**
 * A batch as a step of training sees it. Its tensors belong to the caller.
 *
 * @param place of the batch in the run, which decides how it is mixed
 */
export function batchInput(
  {
    data: { prepare, train },
    mix,
    seed,
    trainingLoss: loss,
  }: Pick<TrainSettings, 'data' | 'mix' | 'seed' | 'trainingLoss'>,
  batch: Pick<PictureBatch, 'images' | 'labels' | 'shape'>,
  place: Place,
): BatchInput {
  const randomness = { seed, pass: place.epoch * train.batchesPerEpoch + place.batch };
  if (mix !== undefined) {
    const drawn = (size: [number, number]) => drawMix(mix, place, size);
    return { ...mixedBatch(batch, { prepare, loss, drawn }), randomness };
  }
  const x = prepare(batch); // [B, h, w, C]
  const labels = tf.tensor1d(batch.labels, 'int32');
  const lossOf: LossOfTargets = (logits, [wanted]) => loss(logits, wanted as tf.Tensor1D);
  return { x, labels, targets: [labels], loss: lossOf, randomness };
}
