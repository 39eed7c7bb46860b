import type { Pictures } from '@residual/data';
import { type Classifier, evaluate, wilsonInterval } from '@residual/trainer';
import type { RunConfig } from './config.js';
import { batchesOf, taskInput } from './input.js';

/** What a model is worth on some pictures. */
export interface Judgement {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** In [0, 1]. */
  accuracy: number;
  /** Where the accuracy is with 95 % confidence, on pictures drawn alike: {@link wilsonInterval}. */
  interval: [low: number, high: number];
  /** How many pictures. */
  count: number;
}

/**
 * Judges a model by pictures. Logits are free of the batch, so that the accuracy is of the model and the pictures alone; the loss is summed
 * batch by batch, which another batch size rounds otherwise.
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
  const { loss, accuracy, count } = await evaluate(model, batches, input.prepare, {
    batchFree: true,
    signal,
  });
  return { loss, accuracy, interval: wilsonInterval(Math.round(accuracy * count), count), count };
}
