import { type Module, observe, predict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { InspectError } from './error.js';
import { featurePaths } from './featurePaths.js';

/**
 * Runs a model in 'eval' mode and keeps what the module at `path` gives. Both tensors belong to the caller.
 *
 * @param where the function that asks, for the error
 * @returns features [B, h, w, C], and the model's output
 * @throws InspectError `PATH` unless there is such a module, which runs once and gives pictures.
 */
export function featuresAt<Out extends tf.Tensor>(
  model: Module<tf.Tensor4D, Out>,
  x: tf.Tensor4D,
  path: string,
  where: string,
): { features: tf.Tensor4D; output: Out } {
  const kept: tf.Tensor[] = [];
  try {
    const output = observe(
      model,
      (seen) => {
        if (seen.path === path) kept.push(tf.keep(tf.clone(seen.output)));
      },
      () => predict(model, x),
    );
    const [features, ...others] = kept;
    if (features?.rank === 4 && others.length === 0) return { features: features as tf.Tensor4D, output };
    output.dispose();
  } catch (error) {
    tf.dispose(kept);
    throw error;
  }
  tf.dispose(kept);
  throw noFeatures(model, x, path, where, kept);
}

function noFeatures(
  model: Module,
  x: tf.Tensor4D,
  path: string,
  where: string,
  outputs: readonly tf.Tensor[],
): InspectError {
  const [one, ...others] = outputs;
  const found =
    others.length > 0 ? `one that runs ${outputs.length} times` : `one that gives [${one?.shape}]`;
  return new InspectError('PATH', {
    where: `${where}: path`,
    expected: 'a module that runs once and gives pictures [B, h, w, C]',
    received: `${JSON.stringify(path)}, ${one === undefined ? 'which is none' : found}`,
    fix: `There are ${featurePaths(model, x.shape).map((known) => known.path).join(', ')}, and what is inside them.`, // biome-ignore format: a sentence
  });
}
