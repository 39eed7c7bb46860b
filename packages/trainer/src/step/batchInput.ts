import type { PictureBatch } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainSettings } from '../options.js';
import { drawMix, type MixedBatch, mixedBatch, type Place } from './mix.js';

/** What a step of training computes with: the network's input, and the loss of its logits. */
export type BatchInput = MixedBatch;

/**
 * A batch as a step of training sees it. Its tensors belong to the caller.
 *
 * @param place of the batch in the run, which decides how it is mixed
 */
export function batchInput(
  { data: { prepare }, mix, trainingLoss: loss }: Pick<TrainSettings, 'data' | 'mix' | 'trainingLoss'>,
  batch: Pick<PictureBatch, 'images' | 'labels' | 'shape'>,
  place: Place,
): BatchInput {
  if (mix !== undefined) {
    return mixedBatch(batch, { prepare, loss, drawn: (size) => drawMix(mix, place, size) });
  }
  const x = prepare(batch); // [B, h, w, C]
  const labels = tf.tensor1d(batch.labels, 'int32');
  return { x, labels, loss: (logits) => loss(logits, labels) };
}
