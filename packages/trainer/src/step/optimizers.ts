import { belowOne, notNegative, positive, requireNumber, TrainerError } from '../error.js';

/** Stochastic gradient descent, as a value: plain data that a checkpoint records and compares. */
export type Sgd = {
  readonly name: 'sgd';
  /** What a schedule scales. */
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** Pulls weights of convolutions and linear layers towards 0; biases and normalisations are left alone. */
  readonly weightDecay: number;
};

export interface SgdOptions {
  learningRate: number;
  /** In [0, 1). Default 0: the plain method. */
  momentum?: number;
  /** Looks ahead along the velocity. Needs momentum. Default false. */
  nesterov?: boolean;
  /** Default 0. */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent with PyTorch's meaning of momentum, Nesterov and weight decay.
 *
 * @throws TrainerError `OPTION`
 *
 * @example
 * sgd({ learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
 */
export function sgd({ learningRate, momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions): Sgd {
  requireNumber('sgd: learningRate', learningRate, positive, 'Try 0.01.');
  requireNumber('sgd: momentum', momentum, belowOne, 'Try 0.9, or leave it out.');
  requireNumber('sgd: weightDecay', weightDecay, notNegative, 'Try 5e-4, or leave it out.');
  if (nesterov && momentum === 0) {
    throw new TrainerError('OPTION', {
      where: 'sgd: nesterov',
      expected: 'a momentum above 0 with it',
      received: '0',
      fix: 'Give a momentum such as 0.9, or leave nesterov out.',
    });
  }
  return { name: 'sgd', learningRate, momentum, nesterov, weightDecay };
}
