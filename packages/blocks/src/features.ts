import * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from './error.js';
import { featurePaths } from './featurePaths.js';
import type { Module } from './module.js';
import { observe } from './observe.js';
import { type PredictOptions, predict } from './predict.js';

/**
 * What a module inside a network makes of pictures, in 'eval' mode: the raw features that another classifier, a search
 * for similar pictures or a plot starts from.
 *
 * @param x [B, H, W, C], prepared as the model expects
 * @param path of the module, such as `stages.2`; see `featurePaths`
 * @param options as of `predict`: with `batchFree`, features that are kept fit any batch that comes later
 * @returns [B, h, w, C]; belongs to the caller
 * @throws BlocksError `PATH`, naming the paths there are, unless this module runs once and gives pictures.
 *
 * @example
 * const last = features(model, x, 'stages.2'); // [B, 7, 7, 64]
 * const embedding = tf.mean(last, [1, 2]); // [B, 64]
 */
export function features(
  model: Module<tf.Tensor4D>,
  x: tf.Tensor4D,
  path: string,
  options?: PredictOptions,
): tf.Tensor4D {
  const { features, output } = featuresAndOutput(model, x, path, options);
  output.dispose();
  return features;
}

/**
 * The same as {@link features}, with the model's output from the same forward pass. Both belong to the caller.
 *
 * @throws BlocksError `PATH`
 */
export function featuresAndOutput<Out extends tf.Tensor>(
  model: Module<tf.Tensor4D, Out>,
  x: tf.Tensor4D,
  path: string,
  options?: PredictOptions,
): { features: tf.Tensor4D; output: Out } {
  const seen: tf.Tensor[] = [];
  try {
    const output = observe(
      model,
      (module) => {
        if (module.path === path) seen.push(tf.keep(tf.clone(module.output))); // beyond the tidy of predict
      },
      () => predict(model, x, options),
    );
    const [features, ...others] = seen;
    // A clone, since what is kept would also outlive the caller's tidy.
    if (features?.rank === 4 && others.length === 0)
      return { features: tf.clone(features as tf.Tensor4D), output };
    output.dispose();
    throw noFeatures(model, x, path, seen);
  } finally {
    tf.dispose(seen);
  }
}

function noFeatures(model: Module, x: tf.Tensor4D, path: string, outputs: readonly tf.Tensor[]): BlocksError {
  const [one, ...others] = outputs;
  const found =
    others.length > 0 ? `one that runs ${outputs.length} times` : `one that gives [${one?.shape}]`;
  const known = featurePaths(model, x.shape).map((place) => place.path);
  return new BlocksError('PATH', {
    where: 'features: path',
    expected: 'a module that runs once and gives pictures [B, h, w, C]',
    received: `${JSON.stringify(path)}, ${one === undefined ? 'which is none' : found}`,
    fix: `There are ${known.join(', ')}, and what is inside them.`,
  });
}
