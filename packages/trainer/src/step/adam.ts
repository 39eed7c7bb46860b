import { completed } from './settings.js';

type Moments<Name> = {
  readonly name: Name;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
};

/** Adam, with weight decay as part of the gradient. */
export type Adam = Moments<'adam'>;

/** Adam, with weight decay apart from the gradient. */
export type AdamW = Moments<'adamw'>;

export interface AdamOptions {
  /** What a schedule scales. Default 1e-3. */
  learningRate?: number;
  /** How much of the mean gradient is kept, in [0, 1). Default 0.9. */
  beta1?: number;
  /** How much of the mean square is kept, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  epsilon?: number;
  /** Weights of convolutions and linear layers only: biases and normalisations are left alone. Default: `adam` 0, `adamw` 0.01. */
  weightDecay?: number;
}

/**
 * `torch.optim.Adam`, with its defaults. Keeps `m` and `v`; what they lack because they begin with zeros is made up for by the number of
 * the step. Source: Kingma and Ba, "Adam" (arXiv 1412.6980), algorithm 1.
 *
 * @throws TrainerError `OPTION`
 */
export function adam(options: AdamOptions = {}): Adam {
  return completed<Adam>('adam', options);
}

/**
 * `torch.optim.AdamW`, with its defaults: {@link adam}, whose weight decay is no part of the gradient. Source: Loshchilov and Hutter,
 * "Decoupled Weight Decay Regularization" (arXiv 1711.05101), algorithm 2.
 *
 * @throws TrainerError `OPTION`
 *
 * @example
 * adamw({ learningRate: 2e-3, weightDecay: 0.05 });
 */
export function adamw(options: AdamOptions = {}): AdamW {
  return completed<AdamW>('adamw', options);
}
