import { completed, requireMomentum } from './settings.js';

/** Stochastic gradient descent. */
export type Sgd = {
  readonly name: 'sgd';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
};

export interface SgdOptions {
  /** What a schedule scales. */
  learningRate: number;
  /** In [0, 1). Default 0: the plain method. */
  momentum?: number;
  /** Looks ahead along the velocity. Needs momentum. Default false. */
  nesterov?: boolean;
  /** Pulls weights of convolutions and linear layers towards 0; biases and normalisations are left alone. Default 0. */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent with PyTorch's meaning of momentum, Nesterov and weight decay. Keeps `velocity`, with momentum.
 *
 * @throws TrainerError `OPTION`
 *
 * @example
 * sgd({ learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
 */
export function sgd(options: SgdOptions): Sgd {
  const value = completed<Sgd>('sgd', options);
  requireMomentum(value);
  return value;
}

/** RMSprop. */
export type RmsProp = {
  readonly name: 'rmsprop';
  readonly learningRate: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly weightDecay: number;
};

export interface RmsPropOptions {
  /** What a schedule scales. Default 0.01. */
  learningRate?: number;
  /** How much of the mean square is kept, in [0, 1). Default 0.99. */
  alpha?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  epsilon?: number;
  /** In [0, 1). Default 0. */
  momentum?: number;
  /** Part of the gradient. Weights only, as in {@link SgdOptions}. Default 0. */
  weightDecay?: number;
}

/**
 * `torch.optim.RMSprop`, not centred, with its defaults: gradients over the root of their running mean square. Keeps `v`, and
 * `velocity` with momentum. Source: Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012.
 *
 * @throws TrainerError `OPTION`
 */
export function rmsprop(options: RmsPropOptions = {}): RmsProp {
  return completed<RmsProp>('rmsprop', options);
}

/** Sign descent with momentum. */
export type Lion = {
  readonly name: 'lion';
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
};

export interface LionOptions {
  /** What a schedule scales: how far every number moves in a step. Default 1e-4. */
  learningRate?: number;
  /** How much of the past is in the direction, in [0, 1). Default 0.9. */
  beta1?: number;
  /** How much of the past is kept, in [0, 1). Default 0.99. */
  beta2?: number;
  /** Apart from the gradient. Weights only, as in {@link SgdOptions}. Default 0. */
  weightDecay?: number;
}

/**
 * timm's `Lion`, with its defaults: moves by the sign of a mean of gradients, so its rate is 3 to 10 times lower than AdamW's, and its weight
 * decay as much higher. Keeps `m`. Source: Chen et al., "Symbolic Discovery of Optimization Algorithms" (arXiv 2302.06675).
 *
 * @throws TrainerError `OPTION`
 */
export function lion(options: LionOptions = {}): Lion {
  return completed<Lion>('lion', options);
}
