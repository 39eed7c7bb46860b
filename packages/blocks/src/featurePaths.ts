import { evalShape } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { Sequential } from './layers/sequential.js';
import type { Module } from './module.js';
import { observe } from './observe.js';

/** A place in a network where pictures go by. */
export interface FeaturePath {
  /** Such as `stages.0.1`. */
  path: string;
  /** The module's class, such as `BasicBlock`. */
  name: string;
  /** Of its output. */
  height: number;
  width: number;
  channels: number;
}

interface Output {
  path: string;
  module: Module;
  shape: number[];
}

/**
 * The paths that are worth looking at: the top-level modules and what stands in their `Sequential`s, as far as their
 * outputs are pictures. Of a ResNet: its stem, its stages and their blocks. In the order in which they are computed, so
 * a stage comes after its blocks. Does no arithmetic.
 *
 * @param inputShape with the batch, such as [1, 28, 28, 1]
 * @throws BlocksError `NOT_INITIALISED`, or `SHAPE` when the input doesn't fit.
 *
 * @example
 * const [stem] = featurePaths(model, [1, 28, 28, 1]); // { path: 'stem', name: 'Stem', height: 28, width: 28, channels: 16 }
 */
export function featurePaths(model: Module, inputShape: readonly number[]): FeaturePath[] {
  const outputs = new Map<string, Output>();
  tf.tidy(() => {
    observe(
      model,
      ({ path, module, output }) => void outputs.set(path, { path, module, shape: output.shape }),
      () => evalShape(() => model.forward(tf.zeros([...inputShape]), 'eval')),
    );
  });
  return [...outputs.values()].flatMap(({ path, module, shape: [, height, width, channels] }) =>
    channels !== undefined && isListed(path, outputs)
      ? [{ path, name: module.constructor.name, height: height!, width: width!, channels }]
      : [],
  );
}

/** Whether every module around this one, up to the model, is a list of modules. */
function isListed(path: string, outputs: ReadonlyMap<string, Output>): boolean {
  const names = path.split('.');
  // The fields between two modules, such as `stages` in `stages.0`, have no output.
  const around = names.map((_, i) => outputs.get(names.slice(0, i).join('.')));
  return around.every((outer) => outer === undefined || outer.module instanceof Sequential);
}
