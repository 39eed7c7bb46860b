import { layerPaths, matchesPath, namedParameters, type Parameter } from '@residual/blocks';
import { notNegative, positive, requireNumber, shareAboveZero, TrainerError } from '../error.js';
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
  isFrozen: boolean;
}

/** @throws TrainerError `OPTION` naming the group and its field */
export function requireGroups({ groups = [], layerDecay }: GroupOptions): void {
  if (layerDecay !== undefined) {
    requireNumber('layerDecay', layerDecay, shareAboveZero, 'Try 0.75, or leave it out.');
  }
  for (const [i, { pattern, learningRateScale, weightDecay, frozen }] of groups.entries()) {
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
    grouped.set(path, {
      parameter,
      learningRateScale: layerDecay ** (layers.length - 1 - layer) * (last('learningRateScale') ?? 1),
      weightDecay: last('weightDecay'),
      isFrozen: !parameter.trainable || (last('frozen') ?? false),
    });
  }
  if ([...grouped.values()].some(({ isFrozen }) => !isFrozen)) return grouped;
  throw problem(
    'groups',
    'something that is trained',
    'a model all of which is frozen',
    'Leave out its head.',
  );
}

/** Sets apart what is frozen, and returns what takes it in again. */
export function freeze(grouped: ReadonlyMap<string, Grouped>): () => void {
  const apart = [...grouped.values()].filter(({ isFrozen, parameter }) => isFrozen && parameter.trainable);
  for (const { parameter } of apart) parameter.trainable = false;
  return () => {
    for (const { parameter } of apart) parameter.trainable = true;
  };
}

function problem(where: string, expected: string, received: string, fix: string): TrainerError {
  return new TrainerError('OPTION', { where, expected, received, fix });
}
