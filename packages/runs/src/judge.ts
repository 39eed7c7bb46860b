import type { Pictures } from '@residual/data';
import {
  balancedAccuracy,
  type Classifier,
  type Predictions,
  predictions,
  wilsonInterval,
} from '@residual/trainer';
import type { RunConfig } from './config.js';
import { batchesOf, taskInput } from './input.js';

/** What a model is worth on some pictures. */
export interface Judgement {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** In [0, 1]. */
  accuracy: number;
  /** The mean recall of the classes that have pictures: each counts the same, however rare. In [0, 1]. */
  balancedAccuracy: number;
  /** Where the accuracy is with 95 % confidence, on pictures drawn alike: {@link wilsonInterval}. */
  interval: [low: number, high: number];
  /** How many pictures. */
  count: number;
}

/**
 * Judges a model by pictures. Logits are free of the batch, and figures are summed picture by picture: they are of the model and the
 * pictures alone.
 *
 * @throws what reading the pictures throws; the signal's reason.
 *
 * @example
 * const { accuracy, interval } = await judge(model, runParts(config, data).test, config);
 */
export async function judge(
  model: Classifier,
  pictures: Pictures,
  { task, training }: RunConfig,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Judgement> {
  const input = taskInput(task);
  const batches = batchesOf(pictures, input, { batchSize: training.batchSize });
  return judgementOf(await predictions(model, batches, input.prepare, { signal }));
}

/** What a model's predictions come to. */
export function judgementOf({ loss, accuracy, count, confusionMatrix }: Predictions): Judgement {
  const interval = wilsonInterval(Math.round(accuracy * count), count);
  return { loss, accuracy, balancedAccuracy: balancedAccuracy(confusionMatrix), interval, count };
}
