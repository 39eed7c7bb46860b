import { gradientNorm, type SgdState, sgdUpdate } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Subject } from '../subject.js';

/** `parameter<i>` and, of each step s, `step<s>.gradient<i>`. */
type Inputs = { [name: string]: tf.Tensor };

export interface SgdAttributes {
  /** How many parameters. */
  count: number;
  /** One a step. */
  learningRates: number[];
  momentum: number;
  nesterov: boolean;
  weightDecay: number[];
  clipNorm: number;
  averageDecay: number | null;
}

/** Several steps in a row, from velocities of 0 and averages equal to the parameters. */
export function sgdSubject(count: number, steps: number): Subject<Inputs, SgdAttributes> {
  const each = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));
  const parameters = each(count, (i) => `parameter${i}`);
  const gradients = each(steps, (step) => each(count, (i) => `step${step}.gradient${i}`));
  return {
    name: 'sgdUpdate',
    kernels: ['residual/sgdUpdate', 'residual/gradientNorm'],
    inputs: [...parameters, ...gradients.flat()],
    run: (inputs, { learningRates, averageDecay, count: _, ...options }) => {
      const initial = parameters.map((name) => inputs[name]!);
      let state: SgdState = {
        parameters: initial,
        ...(options.momentum !== 0 && { velocities: initial.map((tensor) => tf.zerosLike(tensor)) }),
        ...(averageDecay !== null && { averages: initial }),
        firstNonFiniteStep: tf.scalar(-1, 'int32'),
      };
      const results: tf.NamedTensorMap = {};
      for (const [step, names] of gradients.entries()) {
        const given = names.map((name) => inputs[name]!);
        const norm = gradientNorm(given);
        state = sgdUpdate(
          state,
          { gradients: given, gradientNorm: norm },
          { ...options, averageDecay: averageDecay ?? undefined, learningRate: learningRates[step]!, step },
        );
        const add = (name: string, tensors: readonly tf.Tensor[] = []) => {
          for (const [i, tensor] of tensors.entries()) results[`step${step}.${name}${i}`] = tensor;
        };
        add('parameter', state.parameters);
        add('velocity', state.velocities);
        add('average', state.averages);
        results[`step${step}.gradientNorm`] = norm;
        results[`step${step}.firstNonFiniteStep`] = state.firstNonFiniteStep;
      }
      return results;
    },
  };
}
