import type { Piece } from '@residual/data';
import { findModel, type ModelRow } from '@residual/models';
import { augmentationsOf, stepsOf } from '@residual/pictures';
import { findLoss, type Loss, parseOptimizer } from '@residual/trainer';
import type { RunConfig } from './config.js';
import { RunsError } from './error.js';
import { scheduleOf } from './schedules.js';

/** What defines each kind of piece, for the error that asks for it. */
const DEFINERS = {
  model: 'defineModel of @residual/models',
  step: 'defineStep of @residual/pictures',
  loss: 'defineLoss of @residual/trainer',
  optimizer: 'defineOptimizer of @residual/trainer',
} as const;

/** What the packages call it. */
const UNKNOWN = new Set<unknown>(['NOT_REGISTERED', 'UNKNOWN']);

/**
 * Makes sure that everything a configuration names is there: the network, the steps, the loss and the optimizer.
 *
 * @param where for messages, such as `config.json`
 * @throws RunsError `MISSING_PIECE` naming the first that is not, and how to bring it in; what the pieces throw for parameters
 *   that they don't take.
 */
export function requirePieces({ task, training }: RunConfig, where: string): void {
  modelOf(training.model, `${where}: training.model`);
  for (const [i, step] of task.steps.entries()) {
    required('step', step, `${where}: task.steps.${i}`, () => stepsOf([step]));
  }
  for (const [i, step] of training.augment.entries()) {
    required('step', step, `${where}: training.augment.${i}`, () => augmentationsOf([step]));
  }
  if (training.loss.version !== undefined) definedLoss(training.loss, `${where}: training.loss`);
  scheduleOf(training.schedule);
  required('optimizer', training.optimizer, `${where}: training.optimizer`, () =>
    parseOptimizer(training.optimizer, `${where}: training.optimizer`),
  );
}

/** @throws RunsError `MISSING_PIECE` */
export function modelOf(model: Piece, where: string): ModelRow {
  return required('model', model, where, () => findModel(model.name, model.version));
}

/** @throws RunsError `MISSING_PIECE` */
export function definedLoss(piece: Piece, where: string): Loss {
  const { name, version = 0 } = piece;
  return required('loss', piece, where, () => {
    const loss = findLoss(name, version);
    if (loss !== undefined) return loss;
    throw Object.assign(new Error(`There is no loss ${name} of version ${version}.`), { code: 'UNKNOWN' });
  });
}

function required<T>(kind: keyof typeof DEFINERS, { name, version }: Piece, where: string, find: () => T): T {
  try {
    return find();
  } catch (cause) {
    const { code, message } = (cause ?? {}) as { code?: unknown; message?: string };
    if (!UNKNOWN.has(code)) throw cause;
    const isOwn = version !== undefined;
    throw new RunsError(
      'MISSING_PIECE',
      {
        where,
        expected: `a ${kind} that is defined`,
        received: `${JSON.stringify(name)}${isOwn ? ` of version ${version}` : ''}, which nothing has defined`,
        fix: isOwn
          ? `Import the file that defines it with ${DEFINERS[kind]}: at a terminal by --import FILE.`
          : `Correct the name: ${message}`,
      },
      { cause },
    );
  }
}
