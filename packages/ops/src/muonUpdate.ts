import * as tf from '@tensorflow/tfjs-core';
import { gradientNorm } from './gradientNorm.js';
import { type OptimizerUpdateOptions, optimizerUpdate, type UpdateState } from './optimizerUpdate.js';

export interface MuonUpdateOptions extends Omit<OptimizerUpdateOptions, 'optimizer'> {
  optimizer: {
    momentum: number;
    nesterov: boolean;
    /** Of Newton and Schulz's iteration. */
    iterations: number;
    /** Of AdamW, for what is no matrix. */
    beta1: number;
    beta2: number;
    epsilon: number;
  };
}

/** What an update of some of the parameters needs. */
interface Part {
  state: UpdateState;
  gradients: tf.Tensor[];
  gradientNorm: tf.Scalar;
  options: Omit<OptimizerUpdateOptions, 'optimizer'>;
}

/** Of Newton and Schulz's iteration: chosen for the steepest slope at 0. Source: Jordan, as below. */
const [A, B, C] = [3.4445, -4.775, 2.0315];

/** The least length that a matrix is divided by. */
const LEAST_LENGTH = 1e-7;

/** Whether Muon moves it as a matrix: filters [kh, kw, Cin, Cout] are [kh * kw * Cin, Cout]. */
function isMatrix({ shape, size }: tf.Tensor): boolean {
  const columns = shape.at(-1) ?? 1;
  return shape.length > 1 && columns > 1 && size > columns;
}

function asMatrix(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [-1, x.shape.at(-1)!]);
}

/**
 * One step of Muon: of matrices and of filters, taken for matrices, the mean gradient made orthogonal; of all else AdamW.
 * What is made orthogonal is scaled by 0.2 sqrt(max(rows, columns)), so that both move alike by one rate.
 *
 * On the device, of TensorFlow.js's matrix products and `optimizerUpdate`. In float32, not in PyTorch's bfloat16.
 *
 * Sources: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024); the scale is that of Liu et al., "Muon is
 * Scalable for LLM Training" (arXiv 2502.16982), `match_rms_adamw` of PyTorch and timm.
 *
 * @param state as of `optimizerUpdate`, with slots `m` and `v`; v of a matrix stays as it is
 * @returns the next values, which belong to the caller
 */
export function muonUpdate(
  state: UpdateState,
  { gradients, gradientNorm }: { gradients: tf.Tensor[]; gradientNorm: tf.Scalar },
  { optimizer, ...options }: MuonUpdateOptions,
): UpdateState {
  return tf.tidy(() => {
    const all = state.parameters.map((_, i) => i);
    const isOne = state.parameters.map(isMatrix);
    const parts = [all.filter((i) => isOne[i]), all.filter((i) => !isOne[i])].map((indices) => ({
      indices,
      part: partOf(indices, { state, gradients, gradientNorm, options }),
    }));
    const next: { -readonly [Name in keyof UpdateState]: UpdateState[Name] } = { ...state };
    next.parameters = [...state.parameters];
    next.slots = { m: [...state.slots.m!], v: [...state.slots.v!] };
    if (state.averages !== undefined) next.averages = [...state.averages];
    for (const [kind, { indices, part }] of parts.entries()) {
      if (indices.length === 0) continue;
      const moved = kind === 0 ? moveMatrices(part, optimizer) : moveOthers(part, optimizer);
      for (const [k, i] of indices.entries()) {
        next.parameters[i] = moved.parameters[k]!;
        next.slots.m![i] = moved.slots.m![k]!;
        next.slots.v![i] = moved.slots.v![k]!;
        if (moved.averages !== undefined) next.averages![i] = moved.averages[k]!;
      }
      next.firstNonFiniteStep = moved.firstNonFiniteStep;
    }
    return { ...next };
  });
}

function partOf(indices: readonly number[], { state, gradients, gradientNorm, options }: Part): Part {
  const pick = <T>(list: readonly T[]): T[] => indices.map((i) => list[i]!);
  const { learningRateScale, weightDecay } = options;
  return {
    state: {
      ...state,
      parameters: pick(state.parameters),
      slots: { m: pick(state.slots.m!), v: pick(state.slots.v!) },
      ...(state.averages && { averages: pick(state.averages) }),
    },
    gradients: pick(gradients),
    gradientNorm,
    options: {
      ...options,
      ...(learningRateScale && { learningRateScale: pick(learningRateScale) }),
      ...(weightDecay && { weightDecay: pick(weightDecay) }),
    },
  };
}

function moveOthers(
  { state, options, ...given }: Part,
  { beta1, beta2, epsilon }: MuonUpdateOptions['optimizer'],
) {
  return optimizerUpdate(state, given, { ...options, optimizer: { name: 'adamw', beta1, beta2, epsilon } });
}

const descent = { name: 'sgd', momentum: 0, nesterov: false } as const;

function moveMatrices(
  { state, gradients, gradientNorm, options }: Part,
  { momentum, nesterov, iterations }: MuonUpdateOptions['optimizer'],
): UpdateState {
  const { parameters, averages, firstNonFiniteStep } = state;
  const { step, clipNorm, averageDecay } = options;
  /** values + (1 - momentum) (gradients - values), which is a step of descent by weight decay -1 and a rate below 0. */
  const towardsGradients = (values: tf.Tensor[]) =>
    optimizerUpdate(
      { parameters: values, slots: {}, firstNonFiniteStep },
      { gradients, gradientNorm },
      {
        ...{ optimizer: descent, step, clipNorm },
        learningRate: momentum - 1,
        weightDecay: values.map(() => -1),
      },
    ).parameters;
  const m = towardsGradients(state.slots.m!);
  const directions = nesterov ? towardsGradients(m) : m;
  const scales = parameters.map(({ shape, size }) => {
    const columns = shape.at(-1)!;
    return 0.2 * Math.sqrt(Math.max(columns, size / columns));
  });
  const moved = optimizerUpdate(
    { parameters, slots: {}, averages, firstNonFiniteStep },
    { gradients: directions.map((direction) => orthogonal(direction, iterations)), gradientNorm },
    {
      ...{ optimizer: descent, step, averageDecay, learningRate: options.learningRate },
      learningRateScale: scales.map((scale, i) => scale * (options.learningRateScale?.[i] ?? 1)),
      // Decay is apart from the direction: what the scale does to it is undone.
      weightDecay: scales.map((scale, i) => (options.weightDecay?.[i] ?? 0) / scale),
    },
  );
  return { ...moved, slots: { m, v: state.slots.v!.map((tensor) => tensor.clone()) } };
}

/** Nearly U Vᵀ of the matrix U S Vᵀ, of the same shape as the tensor: the singular values come near to 1. */
function orthogonal(tensor: tf.Tensor, iterations: number): tf.Tensor {
  return tf.tidy(() => {
    let x = normalized(asMatrix(tensor));
    const [rows, columns] = x.shape as [number, number];
    const isTall = rows > columns; // the smaller of the two squares
    for (let i = 0; i < iterations; i++) {
      const square = tf.matMul(x, x, isTall, !isTall);
      const mixed = tf.add(tf.mul(square, B), tf.mul(tf.matMul(square, square), C));
      x = tf.add(tf.mul(x, A), isTall ? tf.matMul(x, mixed) : tf.matMul(mixed, x));
    }
    return tf.reshape(x, tensor.shape);
  });
}

/** Divided by its length: a step from 0 against what is clipped to the least length. */
function normalized(x: tf.Tensor2D): tf.Tensor {
  const state = { parameters: [tf.fill(x.shape, 0)], slots: {}, firstNonFiniteStep: tf.scalar(-1, 'int32') };
  const given = { gradients: [x as tf.Tensor], gradientNorm: gradientNorm([x]) };
  const options = { optimizer: descent, step: 0, learningRate: -1 / LEAST_LENGTH, clipNorm: LEAST_LENGTH };
  return optimizerUpdate(state, given, options).parameters[0]!;
}
