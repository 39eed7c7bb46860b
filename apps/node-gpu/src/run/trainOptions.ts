import type { SimdOptions } from '@residual/backend-simd';
import type { WebgpuOptions } from '@residual/backend-webgpu/node';

/** What the command line of `train` can say; what is left out comes from the recipe. */
export interface TrainOptions {
  recipe?: string;
  model?: string;
  epochs?: number;
  batchSize?: number;
  /** Where the device has no memory for the batch, begin again with half of it, once. */
  halveBatch?: boolean;
  learningRate?: number;
  limit?: number;
  seed?: number;
  data?: string;
  backend?: string;
  threads?: number;
  tileWidth?: SimdOptions['tileWidth'];
  convolution?: SimdOptions['convolution'];
  activations?: WebgpuOptions['activations'];
  gpu?: string;
  /** In seconds. */
  checkpointEvery?: number;
  out?: string;
  resume?: string;
  json?: boolean;
  verbose?: boolean;
}
