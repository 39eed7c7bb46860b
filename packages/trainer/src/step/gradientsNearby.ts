import { gradientNorm, optimizerUpdate } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Classifier } from '../judge/evaluate.js';
import { type LossAndGradients, preservingBuffers } from './gradients.js';

const descent = { name: 'sgd', momentum: 0, nesterov: false } as const;

/** The least length that the gradients are divided by. */
const LEAST_LENGTH = 1e-12;

/**
 * What a pass gives, with the gradients of a second one where the weights are `rho` along the first one's.
 *
 * @param pass forward and backward, of the model as it is
 */
export function gradientsNearby<Pass extends LossAndGradients>(
  model: Classifier,
  variables: readonly tf.Variable[],
  rho: number,
  pass: () => Pass,
): Pass {
  const here = pass();
  const before = variables.map((variable) => variable.clone());
  try {
    assign(variables, () => ascended(variables, here.gradients, rho));
    const { gradients, ...others } = preservingBuffers(model, pass);
    tf.dispose([here.gradients, ...Object.values(others)]);
    return { ...here, gradients };
  } catch (error) {
    tf.dispose(Object.values(here));
    throw error;
  } finally {
    assign(variables, () => before);
  }
}

/** variables + rho gradients / |gradients|: a step of descent at a rate below 0, of gradients that are clipped to the least length. */
function ascended(variables: readonly tf.Variable[], gradients: tf.Tensor[], rho: number): tf.Tensor[] {
  return tf.tidy(() => {
    const state = { parameters: [...variables], slots: {}, firstNonFiniteStep: tf.scalar(-1, 'int32') };
    const given = { gradients, gradientNorm: gradientNorm(gradients) };
    const options = { step: 0, learningRate: -rho / LEAST_LENGTH, clipNorm: LEAST_LENGTH };
    return optimizerUpdate(state, given, { ...options, optimizer: descent }).parameters;
  });
}

/** Takes the values over. */
function assign(variables: readonly tf.Variable[], make: () => tf.Tensor[]): void {
  const values = make();
  variables.forEach((variable, i) => {
    variable.assign(values[i]!);
  });
  tf.dispose(values);
}
