import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';

/** Means whose shared buffer also holds the offset, as the fifth part. */
const followed = new WeakSet<object>();

/** The forward pass without an addend writes its offset behind this mean and the other statistics. */
export function offsetFollows(mean: TensorInfo): void {
  followed.add(mean.dataId);
}

/**
 * Where the forward pass of this mean left mean, 1 / deviation, running mean, running variance and offset; undefined where it had an
 * addend, or the mean is not its own any more. With them backward knows where the ReLU was open from x, which it reads anyhow.
 */
export function forwardStatistics(backend: TrainingBackend, mean: TensorInfo): GPUBuffer | undefined {
  return followed.has(mean.dataId) ? backend.sharedBuffer(mean) : undefined;
}
