import { completed, requireMomentum } from './settings.js';

/** Adam with a rate for each layer. */
export type Lamb = {
  readonly name: 'lamb';
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
  readonly alwaysAdapt: boolean;
};

export interface LambOptions {
  /** What a schedule scales. Default 1e-3. */
  learningRate?: number;
  /** How much of the mean gradient is kept, in [0, 1). Default 0.9. */
  beta1?: number;
  /** How much of the mean square is kept, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to the root of the mean square. Default 1e-6. */
  epsilon?: number;
  /** Weights of convolutions and linear layers only: biases and normalisations are left alone. Default 0.01. */
  weightDecay?: number;
  /** Gradients longer than this together are scaled down to it, as by `gradientClipNorm`; the smaller of the two counts. Default 1; 0: none. */
  maxGradNorm?: number;
  /** Also parameters without weight decay get a rate of their own. Default false. */
  alwaysAdapt?: boolean;
}

/**
 * timm's `Lamb`, with its defaults, clipping included: what Adam would do, times the parameter's length over its own, for each layer
 * that has weight decay. For large batches. Keeps `m` and `v`. Source: You et al., "Large Batch Optimization for Deep Learning" (arXiv 1904.00962).
 *
 * @throws TrainerError `OPTION`
 */
export function lamb(options: LambOptions = {}): Lamb {
  return completed<Lamb>('lamb', options);
}

/** SGD with a rate for each layer. */
export type Lars = {
  readonly name: 'lars';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  readonly trustCoefficient: number;
  readonly epsilon: number;
  readonly alwaysAdapt: boolean;
};

export interface LarsOptions {
  /** What a schedule scales. Default 1. */
  learningRate?: number;
  /** In [0, 1). Default 0. */
  momentum?: number;
  /** Looks ahead along the velocity. Needs momentum. Default false. */
  nesterov?: boolean;
  /** Weights of convolutions and linear layers only: biases and normalisations are left alone. Default 0. */
  weightDecay?: number;
  /** How far a layer moves, of its own length. Default 0.001. */
  trustCoefficient?: number;
  /** Added to the length of the gradient. Default 1e-8. */
  epsilon?: number;
  /** Also parameters without weight decay get a rate of their own. Default false. */
  alwaysAdapt?: boolean;
}

/**
 * timm's `Lars`, with its defaults: gradients times the parameter's length over theirs, for each layer that has weight decay; without
 * any it is SGD, as timm's is. For large batches. Keeps `velocity`, with momentum. Source: You et al., "Large Batch
 * Training of Convolutional Networks" (arXiv 1708.03888).
 *
 * @throws TrainerError `OPTION`
 *
 * @example
 * lars({ learningRate: 2, momentum: 0.9, weightDecay: 1e-4 });
 */
export function lars(options: LarsOptions = {}): Lars {
  const value = completed<Lars>('lars', options);
  requireMomentum(value);
  return value;
}
