import { loadStateDict, type StateValue } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import { codeOf, messageOf, TrainerError } from '../error.js';
import type { Classifier } from '../judge/evaluate.js';
import type { OptimizerState } from '../step/optimizerState.js';
import type { Checkpoint } from './checkpoint.js';

/**
 * Puts a checkpoint's values into a model and its optimiser. Checks all of them before it changes any.
 *
 * @throws TrainerError `MISMATCH` when they are another architecture's, `NON_FINITE` when one is NaN or infinite.
 */
export function restore(model: Classifier, optimizer: OptimizerState, checkpoint: Checkpoint): void {
  const { name, slots, averages, swa } = checkpoint;
  const averaged = new Map([...optimizer.parameters].filter(([path]) => swa?.has(path)));
  for (const [part, values, present] of [
    ['model', checkpoint.model, undefined],
    ...[...optimizer.slots].map(([slot, present]) => [`slot.${slot}`, slots.get(slot), present] as const),
    ['average', averages, optimizer.averages],
    ['swa', swa, averaged],
  ] as const) {
    requireFinite(name, part, values);
    if (present !== undefined) requireFit(name, part, values, present);
  }
  try {
    loadStateDict(model, checkpoint.model);
  } catch (error) {
    if (codeOf(error) !== 'STATE') throw error;
    throw misfit(name, "this model's parameters and buffers", messageOf(error), error);
  }
  optimizer.restore(slots, averages);
}

function requireFinite(name: string, part: string, values: Checkpoint['averages']): void {
  for (const [path, { data }] of values ?? []) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    throw new TrainerError('NON_FINITE', {
      where: `${name}: ${part}.${path}`,
      expected: 'finite values',
      received: `${data[bad]} at position ${bad}`,
      fix: 'Use another checkpoint.',
    });
  }
}

function requireFit(
  name: string,
  part: string,
  values: ReadonlyMap<string, StateValue> | undefined,
  present: ReadonlyMap<string, tf.Tensor>,
): void {
  for (const [path, { shape }] of present) {
    const given = values?.get(path)?.shape;
    if (given?.join() === shape.join()) continue;
    const received = given === undefined ? 'none' : `one of shape [${given}]`;
    throw misfit(name, `${part}.${path} of shape [${shape}]`, received);
  }
}

function misfit(name: string, expected: string, received: string, cause?: unknown): TrainerError {
  const fix = 'Build the model with the options that the checkpoint was written with.';
  return new TrainerError('MISMATCH', { where: name, expected, received, fix }, { cause });
}
