import type { Piece } from '@residual/data';
import { findModel, type ModelDescription } from '@residual/models';
import { findStep } from '@residual/pictures';
import { constant, cosine, findLoss, findOptimizer, type Loss, oneCycle, type Schedule } from '@residual/trainer';
import type { RunConfig, ScheduleValue } from './config.js';
import { RunsError } from './error.js';

/** What defines each kind of piece, for the error that asks for it. */
const DEFINERS = {
  model: 'defineModel of @residual/models',
  step: 'defineStep of @residual/pictures',
  loss: 'defineLoss of @residual/trainer',
  optimizer: 'defineOptimizer of @residual/trainer',
} as const;

/**
 * Makes sure that everything a configuration names is there: the network, the steps, the loss and the optimizer.
 *
 * @param where for messages, such as `config.json`
 * @throws RunsError `MISSING_PIECE` naming the first that is not, and how to bring it in.
 */
export function requirePieces({ task, training }: RunConfig, where: string): void {
  modelOf(training.model, `${where}: training.model`);
  task.steps.forEach((step, i) => required('step', step, `${where}: task.steps.${i}`, findStep));
  training.augment.forEach((step, i) => required('step', step, `${where}: training.augment.${i}`, findStep));
  if (training.loss.version !== undefined) lossOf(training.loss, `${where}: training.loss`);
  required('optimizer', training.optimizer, `${where}: training.optimizer`, findOptimizer);
}

/** @throws RunsError `MISSING_PIECE` */
export function modelOf(model: Piece, where: string): ModelDescription {
  return required('model', model, where, findModel);
}

/** What a configuration's loss is to the trainer: its own one, with label smoothing, or one that was defined. */
export function lossOf(piece: Piece, where: string): { labelSmoothing: number } | { loss: Loss } {
  if (piece.version === undefined) return { labelSmoothing: Number(piece.labelSmoothing) };
  return { loss: required('loss', piece, where, findLoss) };
}

export function scheduleOf(value: ScheduleValue): Schedule {
  switch (value.name) {
    case 'constant':
      return constant();
    case 'cosine':
      return cosine(value);
    case 'oneCycle':
      return oneCycle(value);
  }
}

function required<T>(
  kind: keyof typeof DEFINERS,
  { name, version }: Piece,
  where: string,
  find: (name: string, version?: number) => T,
): T {
  try {
    return find(name, version);
  } catch (cause) {
    throw new RunsError(
      'MISSING_PIECE',
      {
        where,
        expected: `a ${kind} that is defined`,
        received: `${JSON.stringify(name)}${version === undefined ? '' : ` of version ${version}`}, which nothing has defined`,
        fix:
          version === undefined
            ? `Correct the name: ${reasonOf(cause)}`
            : `Import the file that defines it with ${DEFINERS[kind]}: at a terminal by --import FILE.`,
      },
      { cause },
    );
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
