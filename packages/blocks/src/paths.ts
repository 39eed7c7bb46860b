import { BlocksError } from './error.js';
import { BatchNorm2d } from './layers/batchNorm2d.js';
import { Sequential } from './layers/sequential.js';
import type { Module } from './module.js';
import { Parameter } from './parameter.js';
import { leavesOf, modulesOf, topModulesOf } from './walk.js';

/**
 * Whether a path, or one of the modules around it, is what a pattern says: names with dots between them, in which `*` stands for any
 * part of a name and `**` for any number of names. `stem` is all in the stem, `stages.*.0` the first block of each stage, `**.bn*` each
 * normalisation.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const names = pattern.split('.').map((name, i, all) => {
    const isLast = i === all.length - 1;
    if (name === '**') return isLast ? '.*' : '(?:[^.]+\\.)*';
    const literal = name.replace(/[\\^$+?()[\]{}|]/g, '\\$&').replaceAll('*', '[^.]*');
    return isLast ? literal : `${literal}\\.`;
  });
  return new RegExp(`^${names.join('')}(?:\\.|$)`).test(path);
}

/** All batch normalisations inside a model, at any depth. */
export function batchNorms(model: Module): BatchNorm2d[] {
  return modulesOf(model).flatMap(({ module }) => (module instanceof BatchNorm2d ? module : []));
}

/**
 * The paths of a model's layers, from the input on: its modules, and in the place of a list of modules each of that list.
 * Of a ResNet: `stem`, `stages.0.0`, `stages.0.1`, ..., `head`.
 */
export function layerPaths(model: Module): string[] {
  return topModulesOf(model).flatMap(({ path, module }) =>
    module instanceof Sequential ? module.layers.map((_, i) => `${path}.${i}`) : [path],
  );
}

/**
 * Says what an optimiser trains: sets the parameters whose paths match apart, or takes them in again. A batch normalisation of which neither
 * scale nor offset is trained normalises with its running statistics, also in 'train' mode, and leaves them as they are.
 *
 * @param pattern as of {@link matchesPath}
 * @returns the paths of those parameters
 * @throws BlocksError `PATH` when none matches
 *
 * @example
 * setTrainable(model, 'stages.0', false);
 */
export function setTrainable(model: Module, pattern: string, trainable: boolean): string[] {
  const paths: string[] = [];
  for (const { path, leaf } of leavesOf(model)) {
    if (!(leaf instanceof Parameter) || !matchesPath(pattern, path)) continue;
    leaf.trainable = trainable;
    paths.push(path);
  }
  if (paths.length > 0) return paths;
  throw new BlocksError('PATH', {
    where: 'setTrainable: pattern',
    expected: "one of the model's paths",
    received: `${JSON.stringify(pattern)}, which is none`,
    fix: `There are ${layerPaths(model).join(', ')}, and what is inside them.`,
  });
}
