import type { TensorInfo } from '@tensorflow/tfjs-core';

/**
 * What one kernel knows about a tensor and a later kernel can use instead of reading large tensors once more.
 * It ends with the tensor's data. Nothing depends on it but time: a kernel that finds nothing computes the same bits.
 */
class Remembered {
  readonly #values = new WeakMap<object, Float32Array>();

  set({ dataId }: TensorInfo, values: Float32Array): void {
    this.#values.set(dataId, values);
  }

  get({ dataId }: TensorInfo): Float32Array | undefined {
    return this.#values.get(dataId);
  }
}

/** By the mean that `batchNorm` returned: the coefficients [3, C] (mean, factor, summand) that made y, so that its gradient needn't read y. */
export const forwardCoefficients = new Remembered();

/** By the dx that `batchNormGradient` returned: its channels' sums, the bias gradient of a convolution before. */
export const channelSums = new Remembered();
