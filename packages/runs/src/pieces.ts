import type { Piece } from '@residual/data';
import { findModel, type ModelRow } from '@residual/models';
import { augmentationsOf, stepsOf } from '@residual/pictures';
import {
  constantRate,
  cosine,
  cosineRestarts,
  findLoss,
  type Loss,
  multiStep,
  oneCycle,
  oneCycleCosine,
  parseOptimizer,
  plateau,
  type Schedule,
  stepwise,
  warmUpStableDecay,
} from '@residual/trainer';
import type { RunConfig, ScheduleValue } from './config.js';
import { RunsError } from './error.js';

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
  lossOf(training.loss, `${where}: training.loss`);
  scheduleOf(training.schedule);
  required('optimizer', training.optimizer, `${where}: training.optimizer`, () =>
    parseOptimizer(training.optimizer, `${where}: training.optimizer`),
  );
}

/** @throws RunsError `MISSING_PIECE` */
export function modelOf(model: Piece, where: string): ModelRow {
  return required('model', model, where, () => findModel(model.name, model.version));
}

/** What a configuration's loss is to the trainer: its own one, with label smoothing, or one that was defined. */
export function lossOf(piece: Piece, where: string): { labelSmoothing: number } | { loss: Loss } {
  const { name, version } = piece;
  if (version === undefined) return { labelSmoothing: Number(piece.labelSmoothing) };
  return {
    loss: required('loss', piece, where, () => {
      const loss = findLoss(name, version);
      if (loss !== undefined) return loss;
      throw Object.assign(new Error(`There is no loss ${name} of version ${version}.`), { code: 'UNKNOWN' });
    }),
  };
}

const schedules: { readonly [Name in ScheduleValue['name']]: (options: object) => Schedule } = {
  constant: constantRate,
  cosine,
  cosineRestarts,
  oneCycle,
  oneCycleCosine,
  step: stepwise,
  multiStep,
  warmUpStableDecay,
  plateau,
};

/** @throws TrainerError `OPTION` where options don't fit together */
export function scheduleOf({ name, ...options }: ScheduleValue): Schedule {
  return schedules[name](options);
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
