import { adam } from '@residual/trainer';
import type { Training } from './config.js';

/** How a head is trained alone: softmax regression on features, a convex problem, small steps of which cost nothing. */
export const headAlone = {
  optimizer: adam({ learningRate: 0.01 }),
  schedule: { name: 'cosine', warmup: 0, minimum: 0 },
  loss: { name: 'softmaxCrossEntropy', labelSmoothing: 0 },
  ...{ mix: null, augment: [], layerDecay: null, averageDecay: null, swa: null, epochs: 20, batchSize: 32 },
} as const satisfies Partial<Training>;
