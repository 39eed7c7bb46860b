import { layerPaths, matchesPath, namedParameters, type Parameter } from '@residual/blocks';
import { power } from '@residual/random';
import {
  notNegative,
  positive,
  positiveInteger,
  requireNumber,
  shareAboveZero,
  TrainerError,
} from '../error.js';
import type { Classifier } from '../judge/evaluate.js';

/** How parameters of some paths are trained otherwise than the rest: plain data. Where groups overlap, the last that says something counts. */
export type ParameterGroup = {
  /**
   * Names with dots between them, as in the model's paths; `*` is any part of a name, `**` any number of names, and what is inside a module
   * that matches belongs to it: `stem`, `stages.*.0`, `**.bn*`.
   */
  readonly pattern: string;
  /** What the learning rate is multiplied by. Default 1. */
  readonly learningRateScale?: number;
  /** In the place of the optimizer's; for weights, as that one. */
  readonly weightDecay?: number;
  /** Not trained at all, and normalisations keep their statistics. Default false. */
  readonly frozen?: boolean;
  /** The epoch, from 2, with which what is frozen is trained after all, as if its optimizer had begun then. Default: never. */
  readonly unfreezeAt?: number;
};

export interface GroupOptions {
  groups?: readonly ParameterGroup[];
  layerDecay?: number;
}

/** One parameter, and how it is trained. */
export interface Grouped {
  parameter: Parameter;
  learningRateScale: number;
  /** undefined: the optimizer's */
  weightDecay: number | undefined;
  /** The epoch from which on it is trained: 1 for what isn't frozen, infinite for what always is. */
  trainedFrom: number;
}

/** @throws TrainerError `OPTION` naming the group and its field */
export function requireGroups({ groups = [], layerDecay }: GroupOptions): void {
  if (layerDecay !== undefined) {
    requireNumber('layerDecay', layerDecay, shareAboveZero, 'Try 0.75, or leave it out.');
  }
  for (const [i, { pattern, learningRateScale, weightDecay, frozen, unfreezeAt }] of groups.entries()) {
    const where = `groups[${i}]`;
    if (typeof pattern !== 'string' || pattern === '') {
      throw problem(`${where}: pattern`, 'a path', String(pattern), 'Such as "stem" or "stages.0".');
    }
    if (learningRateScale !== undefined) {
      const fix = 'To train nothing of it, say frozen: true.';
      requireNumber(`${where}: learningRateScale`, learningRateScale, positive, fix);
    }
    if (weightDecay !== undefined) requireNumber(`${where}: weightDecay`, weightDecay, notNegative);
    if (frozen && (learningRateScale !== undefined || weightDecay !== undefined)) {
      const fix = 'Leave frozen or the other out.';
      throw problem(where, 'no rate and no decay for what is frozen', pattern, fix);
    }
    if (unfreezeAt === undefined) continue;
    requireNumber(`${where}: unfreezeAt`, unfreezeAt, positiveInteger, 'The run is frozen before it.');
    if (!frozen || unfreezeAt === 1) {
      const fix = 'Say frozen: true, and an epoch from 2 on.';
      throw problem(`${where}: unfreezeAt`, 'a later epoch of what is frozen', String(unfreezeAt), fix);
    }
  }
}

/**
 * How each parameter of a model is trained, by path.
 *
 * `layerDecay` multiplies the rate of each layer but the last by itself for each layer that comes after it. Source: timm's
 * `param_groups_layer_decay`; Bao et al., "BEiT" (arXiv 2106.08254), section 3.3.
 *
 * @throws TrainerError `OPTION` for a pattern of no path, or where nothing is left to train
 */
export function groupedParameters(
  model: Classifier,
  { groups = [], layerDecay = 1 }: GroupOptions,
): Map<string, Grouped> {
  const layers = layerPaths(model);
  const named = namedParameters(model);
  for (const [i, { pattern }] of groups.entries()) {
    if ([...named.keys()].some((path) => matchesPath(pattern, path))) continue;
    const fix = `There are ${layers.join(', ')}, and what is inside them.`;
    throw problem(`groups[${i}]: pattern`, "one of the model's paths", JSON.stringify(pattern), fix);
  }
  const grouped = new Map<string, Grouped>();
  for (const [path, parameter] of named) {
    const own = groups.filter(({ pattern }) => matchesPath(pattern, path));
    const last = <Field extends keyof ParameterGroup>(field: Field) =>
      own.findLast((group) => group[field] !== undefined)?.[field];
    // What stands in no layer comes before the first.
    const layer = Math.max(
      0,
      layers.findIndex((prefix) => path.startsWith(`${prefix}.`)),
    );
    const { frozen = false, unfreezeAt = Number.POSITIVE_INFINITY } =
      own.findLast((group) => group.frozen !== undefined) ?? {};
    grouped.set(path, {
      parameter,
      learningRateScale: power(layerDecay, layers.length - 1 - layer) * (last('learningRateScale') ?? 1),
      weightDecay: last('weightDecay'),
      trainedFrom: !parameter.trainable ? Number.POSITIVE_INFINITY : frozen ? unfreezeAt : 1,
    });
  }
  if ([...grouped.values()].some(({ trainedFrom }) => trainedFrom === 1)) return grouped;
  throw problem(
    'groups',
    'something that is trained',
    'a model all of which is frozen',
    'Leave out its head.',
  );
}

/** @throws TrainerError `OPTION` for a group that would be trained after the run's end, or where there are no epochs */
export function requireUnfrozen({ groups = [] }: GroupOptions, maxEpochs: number | undefined): void {
  for (const [i, { unfreezeAt }] of groups.entries()) {
    if (unfreezeAt === undefined || unfreezeAt <= (maxEpochs ?? 0)) continue;
    const expected = maxEpochs === undefined ? 'none in a loop without epochs' : `one of ${maxEpochs} epochs`;
    throw problem(
      `groups[${i}]: unfreezeAt`,
      expected,
      String(unfreezeAt),
      'Leave it out, or name an earlier epoch.',
    );
  }
}

function problem(where: string, expected: string, received: string, fix: string): TrainerError {
  return new TrainerError('OPTION', { where, expected, received, fix });
}
