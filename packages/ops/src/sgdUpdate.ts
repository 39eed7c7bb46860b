import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';
import { OpsError } from './error.js';

export interface SgdKernels {
  /** A scalar, of any number of gradients. */
  'residual/gradientNorm': { inputs: tf.Tensor[]; attributes: Record<string, never> };
  /**
   * Of the inputs, the first `count` are the parameters; then come as many gradients, velocities (unless momentum is 0)
   * and averages (where there is an averageDecay), gradientNorm and firstNonFiniteStep, int32; both are scalars. The
   * outputs are the new parameters, velocities, averages and firstNonFiniteStep.
   */
  'residual/sgdUpdate': {
    inputs: tf.Tensor[];
    attributes: {
      count: number;
      step: number;
      learningRate: number;
      momentum: number;
      nesterov: boolean;
      /** One a parameter. */
      weightDecay: number[];
      /** 0: none. */
      clipNorm: number;
      averageDecay?: number;
    };
  };
}

const norm = defineOp<SgdKernels, 'residual/gradientNorm'>({
  name: 'residual/gradientNorm',
  outputs: () => [{ shape: [] }],
  reference: (gradients) => [tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))))],
});

/**
 * The length of all gradients as one vector: sqrt of the sum of all squares. Not finite as soon as any gradient isn't.
 *
 * @returns a scalar
 */
export function gradientNorm(gradients: tf.Tensor[]): tf.Scalar {
  return norm.run(gradients, {})[0] as tf.Scalar;
}

/** Source: PyTorch's `torch.optim.SGD`, Sutskever et al. 2013 for Nesterov's form; clipping as in `clip_grad_norm_`. */
const update = defineOp<SgdKernels, 'residual/sgdUpdate'>({
  name: 'residual/sgdUpdate',
  outputs: (inputs, { count }) => [
    ...inputs.slice(0, count),
    ...inputs.slice(2 * count, -2), // velocities and averages
    inputs[inputs.length - 1]!,
  ],
  reference: (inputs, attributes) => {
    const { count, step, learningRate, momentum, nesterov, weightDecay, clipNorm, averageDecay } = attributes;
    const take = (part: number) => inputs.slice(part * count, (part + 1) * count);
    const velocities = momentum === 0 ? [] : take(2);
    const averages = averageDecay === undefined ? [] : take(momentum === 0 ? 2 : 3);
    const [gradientNorm, firstNonFiniteStep] = inputs.slice(-2) as [tf.Tensor, tf.Tensor];
    const finite = tf.isFinite(gradientNorm);
    const factor = clipNorm > 0 ? tf.minimum(tf.div(clipNorm, gradientNorm), 1) : tf.scalar(1);

    const newParameters: tf.Tensor[] = [];
    const newVelocities: tf.Tensor[] = [];
    const newAverages: tf.Tensor[] = [];
    for (const [i, parameter] of take(0).entries()) {
      const gradient = tf.add(tf.mul(take(1)[i]!, factor), tf.mul(parameter, weightDecay[i]!));
      const old = velocities[i];
      const velocity = old === undefined ? gradient : tf.add(tf.mul(old, momentum), gradient);
      const direction = nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity;
      const moved = tf.where(finite, tf.sub(parameter, tf.mul(direction, learningRate)), parameter);
      newParameters.push(moved);
      if (old !== undefined) newVelocities.push(tf.where(finite, velocity, old));
      const average = averages[i];
      if (average !== undefined && averageDecay !== undefined) {
        const next = tf.add(tf.mul(average, averageDecay), tf.mul(moved, 1 - averageDecay));
        newAverages.push(tf.where(finite, next, average));
      }
    }
    const isFirst = tf.logicalAnd(tf.logicalNot(finite), tf.less(firstNonFiniteStep, 0));
    const nonFiniteStep = tf.where(isFirst, tf.scalar(step, 'int32'), firstNonFiniteStep);
    return [...newParameters, ...newVelocities, ...newAverages, nonFiniteStep];
  },
});

export interface SgdState {
  parameters: tf.Tensor[];
  /** One a parameter, zeros at first; absent without momentum. */
  velocities?: tf.Tensor[];
  /** Exponential moving averages of the parameters; absent where none are kept. */
  averages?: tf.Tensor[];
  /** int32 scalar: the first step whose gradients were not finite, or -1. */
  firstNonFiniteStep: tf.Scalar;
}

export interface SgdUpdateOptions {
  /** The number of this step, which `firstNonFiniteStep` records. */
  step: number;
  learningRate: number;
  /** Default 0. */
  momentum?: number;
  /** Default false; needs momentum. */
  nesterov?: boolean;
  /** One factor a parameter (0 for biases and normalisations in modern recipes). Default 0. */
  weightDecay?: readonly number[];
  /** Gradients longer than this (see {@link gradientNorm}) are scaled down to it. Default 0: never. */
  clipNorm?: number;
  /** average = averageDecay * average + (1 - averageDecay) * parameter. */
  averageDecay?: number;
}

/**
 * One step of stochastic gradient descent for all parameters at once, PyTorch's `SGD`:
 * v = momentum v + (g + weightDecay p), p = p - learningRate * (v, or g + weightDecay p + momentum v with Nesterov).
 *
 * If the gradients are not all finite nothing changes, except that `firstNonFiniteStep` says so.
 *
 * @param state the present values (borrowed)
 * @param gradients one a parameter, and their {@link gradientNorm}
 * @returns the next values, which belong to the caller
 * @throws OpsError `SHAPE` when the lists don't match, `OPTION` for Nesterov without momentum.
 */
export function sgdUpdate(
  state: SgdState,
  { gradients, gradientNorm }: { gradients: tf.Tensor[]; gradientNorm: tf.Scalar },
  options: SgdUpdateOptions,
): SgdState {
  const { parameters, velocities, averages, firstNonFiniteStep } = state;
  const { momentum = 0, nesterov = false, clipNorm = 0, averageDecay } = options;
  const count = parameters.length;
  const weightDecay = [...(options.weightDecay ?? new Array<number>(count).fill(0))];
  if (nesterov && momentum === 0) {
    throw new OpsError('OPTION', {
      where: 'sgdUpdate: nesterov',
      expected: 'a momentum above 0 with it',
      received: '0',
      fix: 'Give a momentum, or leave nesterov out.',
    });
  }
  if (
    (momentum !== 0) !== (velocities !== undefined) ||
    (averageDecay !== undefined) !== (averages !== undefined)
  ) {
    throw new OpsError('OPTION', {
      where: 'sgdUpdate',
      expected: 'velocities exactly with a momentum, and averages exactly with an averageDecay',
      received: `${velocities === undefined ? 'no ' : ''}velocities with momentum ${momentum}, ${averages === undefined ? 'no ' : ''}averages with averageDecay ${averageDecay}`,
      fix: 'Keep what an update returns, and give it to the next.',
    });
  }
  if (weightDecay.length !== count) {
    throw new OpsError('SHAPE', {
      where: 'sgdUpdate: weightDecay',
      expected: `${count} values, one a parameter`,
      received: String(weightDecay.length),
      fix: 'Give 0 for a parameter that has none.',
    });
  }
  for (const [name, list] of Object.entries({ gradients, velocities, averages })) {
    if (list === undefined) continue;
    if (list.length !== count) {
      throw new OpsError('SHAPE', {
        where: `sgdUpdate: ${name}`,
        expected: `${count}, one a parameter`,
        received: String(list.length),
        fix: 'Give them in the order of the parameters.',
      });
    }
    for (const [i, tensor] of list.entries())
      assertShape(tensor, parameters[i]!.shape, `sgdUpdate: ${name}[${i}]`);
  }
  const outputs = update.run(
    [
      ...parameters,
      ...gradients,
      ...(velocities ?? []),
      ...(averages ?? []),
      gradientNorm,
      firstNonFiniteStep,
    ],
    {
      count,
      step: options.step,
      learningRate: options.learningRate,
      momentum,
      nesterov,
      weightDecay,
      clipNorm,
      averageDecay,
    },
  );
  const take = (part: number) => outputs.slice(part * count, (part + 1) * count);
  return {
    parameters: take(0),
    ...(velocities && { velocities: take(1) }),
    ...(averages && { averages: take(velocities ? 2 : 1) }),
    firstNonFiniteStep: outputs[outputs.length - 1] as tf.Scalar,
  };
}
