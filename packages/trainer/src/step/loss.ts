import type * as tf from '@tensorflow/tfjs-core';
import { positiveInteger, requireNumber, TrainerError } from '../error.js';

/** What is wanted: labels [B], int32, class numbers; or probabilities [B, K], float32. */
export type Targets = tf.Tensor1D | tf.Tensor2D;

/**
 * What training makes small: a scalar, the mean over the batch. Synchronous, of operations that have gradients; may leave
 * intermediates to the enclosing `tf.tidy`.
 *
 * @param logits [B, K], float32
 * @param targets labels [B], int32, as data sets have them; a loss for `trainStep` may be of probabilities [B, K], or of both
 */
export type Loss<Wanted extends Targets = tf.Tensor1D> = (logits: tf.Tensor2D, targets: Wanted) => tf.Scalar;

export interface LossDefinition {
  name: string;
  /** An integer from 1; another one when the loss becomes another. */
  version: number;
  loss: Loss;
}

/** By name and version: what was given, and what runs. */
const registry = new Map<string, { given: Loss; loss: Loss }>();
const names = new WeakMap<Loss, string>();

/**
 * Gives a loss a name and a version: by them a checkpoint tells whether a run that goes on has the loss that it began with,
 * and a configuration finds it. Defining it again with the same function changes nothing.
 *
 * @returns the loss
 * @throws TrainerError `OPTION`
 *
 * @example
 * const squared = defineLoss({
 *   name: 'squared',
 *   version: 1,
 *   loss: (logits, labels) => tf.losses.meanSquaredError(tf.oneHot(labels, logits.shape[1]), tf.softmax(logits)),
 * });
 */
export function defineLoss({ name, version, loss }: LossDefinition): Loss {
  requireNumber(`defineLoss: ${name}: version`, version, positiveInteger, 'Begin with 1.');
  if (typeof name !== 'string' || name === '' || name === 'softmaxCrossEntropy') {
    const fix = 'Choose another one: softmaxCrossEntropy is built in.';
    throw new TrainerError('OPTION', {
      where: 'defineLoss: name',
      expected: 'a name of your own',
      received: `"${name}"`,
      fix,
    });
  }
  const key = nameOf(name, version);
  const same = registry.get(key);
  if (same?.given === loss) return same.loss;
  if (same !== undefined) {
    throw new TrainerError('OPTION', {
      where: 'defineLoss',
      expected: 'each name and version once',
      received: `another ${key}`,
      fix: 'Give the other loss another version or name, and import the module that defines one only once.',
    });
  }
  // A function of its own, so that two names of one function are two losses.
  const named: Loss = (logits, labels) => loss(logits, labels);
  registry.set(key, { given: loss, loss: named });
  names.set(named, key);
  return named;
}

/** The loss of that name and version; undefined when no module that is imported defines it. */
export function findLoss(name: string, version: number): Loss | undefined {
  return registry.get(nameOf(name, version))?.loss;
}

/** What checkpoints compare; undefined for the loss built in. */
export function lossName(loss: Loss | undefined): string | undefined {
  return loss && (names.get(loss) ?? 'one without a name');
}

/** Whether a loss has a name, which promises that it is a function of its arguments alone. */
export function isNamed(loss: Loss<never>): boolean {
  return names.has(loss as Loss);
}

/** Gives a loss of this package the name that checkpoints compare. */
export function nameLoss<Wanted extends Targets>(loss: Loss<Wanted>, name: string): Loss<Wanted> {
  names.set(loss as Loss, name);
  return loss;
}

function nameOf(name: string, version: number): string {
  return `${name}, version ${version}`;
}
