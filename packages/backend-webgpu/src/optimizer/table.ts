import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';

/**
 * For each tensor, where it begins in a shared buffer, how many elements it has and the bits of its weight decay and of its share of the
 * learning rate, for tensorAt.wgsl; and the buffer's elements.
 */
export function tableOf(
  backend: TrainingBackend,
  tensors: readonly TensorInfo[],
  factors: { weightDecay?: readonly number[]; learningRateScale?: readonly number[] } = {},
): { table: GPUBuffer; size: number } {
  const sizes = tensors.map(({ shape }) => util.sizeFromShape(shape));
  const { offsets, size } = backend.layOut(sizes);
  const { weightDecay = [], learningRateScale = [] } = factors;
  const bits = (values: readonly number[], standard: number) =>
    new Int32Array(Float32Array.from(sizes, (_, i) => values[i] ?? standard).buffer);
  const [decays, scales] = [bits(weightDecay, 0), bits(learningRateScale, 1)];
  const words = sizes.flatMap((length, i) => [offsets[i]!, length, decays[i]!, scales[i]!]);
  return { table: backend.constant(Int32Array.from(words)), size: size / 4 };
}
