import { muonUpdate } from '@residual/ops';
import type { Optimizer, Update } from './rule.js';
import { completed, requireMomentum } from './settings.js';

/** Momentum made orthogonal, and AdamW for what is no matrix. */
export type Muon = {
  readonly name: 'muon';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly iterations: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
};

export interface MuonOptions {
  /** What a schedule scales, of both. Default 1e-3, as AdamW's. */
  learningRate?: number;
  /** How much of the mean gradient of a matrix is kept, in [0, 1). Default 0.95. */
  momentum?: number;
  /** Looks ahead along the mean. Needs momentum. Default true. */
  nesterov?: boolean;
  /** Of Newton and Schulz. Default 5. */
  iterations?: number;
  /** Of AdamW. Default 0.9. */
  beta1?: number;
  /** Of AdamW. Default 0.999. */
  beta2?: number;
  /** Of AdamW. Default 1e-8. */
  epsilon?: number;
  /** Apart from the gradient. Weights only: biases and normalisations are left alone. Default 0.1. */
  weightDecay?: number;
}

/**
 * Muon, with the defaults of `torch.optim.Muon`: moves matrices, and filters taken for such, by their mean gradient made orthogonal, at
 * a length by which AdamW's rate fits (`match_rms_adamw`); AdamW moves all else. Computes in float32, not bfloat16. Keeps `m` and `v`.
 * A step runs some twenty matrix products for each layer. Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024).
 *
 * @throws TrainerError `OPTION`
 */
export function muon(options: MuonOptions = {}): Muon {
  const value = completed<Muon>('muon', options);
  requireMomentum(value);
  return value;
}

/** How a run uses it. */
export const muonRun = {
  slots: () => ['m', 'v'],
  update(value: Optimizer): Update {
    return (state, gradients, facts) => muonUpdate(state, gradients, { ...facts, optimizer: value as Muon });
  },
};
