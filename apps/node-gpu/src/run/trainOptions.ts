import type { SimdOptions } from '@residual/backend-simd';

/** What the command line of `train` can say; what is left out comes from the recipe. */
export interface TrainOptions {
  recipe?: string;
  model?: string;
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  limit?: number;
  seed?: number;
  data?: string;
  backend?: string;
  threads?: number;
  tileWidth?: SimdOptions['tileWidth'];
  convolution?: SimdOptions['convolution'];
  /** In seconds. */
  checkpointEvery?: number;
  out?: string;
  resume?: string;
  json?: boolean;
  verbose?: boolean;
}
