import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';

/**
 * For each tensor, where it begins in a shared buffer, how many elements it has and its weight decay's bits, for tensorAt.wgsl; and
 * the buffer's elements.
 */
export function tableOf(
  backend: TrainingBackend,
  tensors: readonly TensorInfo[],
  weightDecay: readonly number[] = [],
): { table: GPUBuffer; size: number } {
  const sizes = tensors.map(({ shape }) => util.sizeFromShape(shape));
  const { offsets, size } = backend.layOut(sizes);
  const bits = new Int32Array(Float32Array.from(sizes, (_, i) => weightDecay[i] ?? 0).buffer);
  const table = backend.constant(
    Int32Array.from(sizes.flatMap((length, i) => [offsets[i]!, length, bits[i]!])),
  );
  return { table, size: size / 4 };
}
