import {
  batchNorm,
  conv2d,
  globalAveragePool,
  gradientNorm,
  linear,
  type MuonUpdateOptions,
  muonUpdate,
  type OptimizerUpdateOptions,
  optimizerUpdate,
  slotNames,
  softmaxCrossEntropy,
  type UpdateState,
} from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { drawTensor } from '../draw.js';
import type { Subject } from '../subject.js';
import { toTensor } from '../values.js';

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

const each = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));

/** Slots of 0 and averages equal to the parameters. */
function stateOf(
  parameters: tf.Tensor[],
  slots: readonly string[],
  averageDecay: number | null,
): UpdateState {
  const zeros = (name: string) => [name, parameters.map((tensor) => tf.zerosLike(tensor))];
  return {
    parameters,
    slots: Object.fromEntries(slots.map(zeros)),
    ...(averageDecay !== null && { averages: parameters }),
    firstNonFiniteStep: tf.scalar(-1, 'int32'),
  };
}

/** Several steps of SGD in a row, of gradients that the fixture gives. */
export function sgdSubject(count: number, steps: number): Subject<Inputs, SgdAttributes> {
  const parameters = each(count, (i) => `parameter${i}`);
  const gradients = each(steps, (step) => each(count, (i) => `step${step}.gradient${i}`));
  return {
    name: 'sgdUpdate',
    kernels: ['residual/optimizerUpdate', 'residual/gradientNorm'],
    inputs: [...parameters, ...gradients.flat()],
    run: (inputs, { learningRates, averageDecay, momentum, nesterov, weightDecay, clipNorm }) => {
      const optimizer = { name: 'sgd', momentum, nesterov } as const;
      const given = parameters.map((name) => inputs[name]!);
      let state = stateOf(given, slotNames(optimizer), averageDecay);
      const results: tf.NamedTensorMap = {};
      for (const [step, names] of gradients.entries()) {
        const ofStep = names.map((name) => inputs[name]!);
        const norm = gradientNorm(ofStep);
        state = optimizerUpdate(
          state,
          { gradients: ofStep, gradientNorm: norm },
          {
            ...{ optimizer, step, learningRate: learningRates[step]!, weightDecay, clipNorm },
            averageDecay: averageDecay ?? undefined,
          },
        );
        const add = (name: string, tensors: readonly tf.Tensor[] = []) => {
          for (const [i, tensor] of tensors.entries()) results[`step${step}.${name}${i}`] = tensor;
        };
        add('parameter', state.parameters);
        add('velocity', state.slots.velocity);
        add('average', state.averages);
        results[`step${step}.gradientNorm`] = norm;
        results[`step${step}.firstNonFiniteStep`] = state.firstNonFiniteStep;
      }
      return results;
    },
  };
}

export interface OptimizerAttributes {
  seed: number;
  shapes: number[][];
  /** [B, H, W, C] of a small network whose gradients these are; null: they are drawn. */
  inputShape: [number, number, number, number] | null;
  steps: number;
  /** Steps after which the fixture has the parameters. */
  shown: number[];
  optimizer: OptimizerUpdateOptions['optimizer'] | ({ name: 'muon' } & MuonUpdateOptions['optimizer']);
  /** Of the first step; falls by as much each step, to half of it. */
  learningRate: number;
  learningRateScale: number[];
  weightDecay: number[];
  clipNorm: number;
  averageDecay: number | null;
}

/** Of a convolution without a bias, batch normalisation, ReLU, the mean and a linear layer, whose parameters these are. */
function networkGradients(parameters: tf.Tensor[], x: tf.Tensor4D, step: number): tf.Tensor[] {
  const [channels, classes] = parameters[3]!.shape as [number, number];
  const labels = tf.tensor1d(
    each(x.shape[0], (b) => (b + step) % classes),
    'int32',
  );
  const [runningMean, runningVariance] = [0, 1].map((value) =>
    tf.variable(tf.fill([channels], value), false),
  );
  const loss = (...[filter, scale, offset, weight, bias]: tf.Tensor[]) => {
    const y = batchNorm(conv2d(x, filter as tf.Tensor4D, { padding: 1 }), {
      ...{ scale: scale as tf.Tensor1D, offset: offset as tf.Tensor1D, activation: 'relu' },
      ...{ runningMean: runningMean!, runningVariance: runningVariance! },
    });
    const logits = linear(globalAveragePool(y), weight as tf.Tensor2D, bias as tf.Tensor1D);
    return softmaxCrossEntropy(logits, labels);
  };
  const gradients = tf.grads(loss)(parameters);
  tf.dispose([runningMean!, runningVariance!]);
  return gradients;
}

/** Many steps of an optimizer, of parameters and gradients by formula: `parameter<i>`, `gradient<step>.<i>`. */
export const optimizerSubject: Subject<Inputs, OptimizerAttributes> = {
  name: 'optimizerUpdate',
  kernels: ['residual/optimizerUpdate', 'residual/gradientNorm'],
  inputs: [],
  run: (_, attributes) => {
    const { seed, shapes, inputShape, steps, shown, optimizer, averageDecay, learningRate, ...options } =
      attributes;
    const draw = (name: string) =>
      shapes.map((shape, i) => toTensor(drawTensor(seed, `${name}${i}`, { shape })));
    const results: tf.NamedTensorMap = {};
    const slots = optimizer.name === 'muon' ? ['m', 'v'] : slotNames(optimizer);
    let state = stateOf(draw('parameter'), slots, averageDecay);
    for (let step = 0; step < steps; step++) {
      const next = tf.tidy(() => {
        const gradients =
          inputShape === null
            ? draw(`gradient${step}.`)
            : networkGradients(
                state.parameters,
                toTensor(drawTensor(seed, `x${step}`, { shape: inputShape })) as tf.Tensor4D,
                step,
              );
        const given = { gradients, gradientNorm: gradientNorm(gradients) };
        const facts = {
          ...options,
          ...{ step, learningRate: learningRate * (1 - step / (2 * steps)) },
          averageDecay: averageDecay ?? undefined,
        };
        return optimizer.name === 'muon'
          ? { ...muonUpdate(state, given, { ...facts, optimizer }) }
          : { ...optimizerUpdate(state, given, { ...facts, optimizer }) };
      });
      const old = { ...state };
      state = next;
      if (!shown.includes(step - 1)) tf.dispose(old);
      if (!shown.includes(step)) continue;
      const add = (name: string, tensors: readonly tf.Tensor[] = []) => {
        for (const [i, tensor] of tensors.entries()) results[`step${step}.${name}${i}`] = tensor;
      };
      add('parameter', state.parameters);
      // Gradients of a network nearly cancel as it learns: what a slot sums of them is the network's rounding. Given ones show slots.
      for (const [name, tensors] of inputShape === null ? Object.entries(state.slots) : [])
        add(`${name}.`, tensors);
      add('average', state.averages);
    }
    return results;
  },
};
