import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';

/**
 * Lends one buffer that holds all tensors, each at the offset that `TrainingBackend.layOut` gives it: the one they share
 * already, or else a copy (copies are commands, not dispatches, and far cheaper than binding a few tensors at a time).
 */
export function gathered<T>(
  backend: TrainingBackend,
  tensors: readonly TensorInfo[],
  use: (buffer: GPUBuffer) => T,
): T {
  const { offsets, size } = layOutOf(backend, tensors);
  const places = tensors.map((tensor) => backend.place(tensor));
  const shared = places[0]!.buffer;
  const isInOrder = places.every(({ buffer, offset }, i) => buffer === shared && offset === 4 * offsets[i]!);
  if (isInOrder && shared.size >= size) return use(shared);
  return backend.scratch(size, (buffer) => {
    copyInto(backend, tensors, buffer);
    return use(buffer);
  });
}

/** Copies the tensors to where {@link gathered} has them. */
export function copyInto(backend: TrainingBackend, tensors: readonly TensorInfo[], buffer: GPUBuffer): void {
  const { offsets } = layOutOf(backend, tensors);
  backend.copyEach(
    tensors.map((tensor) => backend.place(tensor)),
    offsets.map((offset) => ({ buffer, offset: 4 * offset })),
  );
}

function layOutOf(backend: TrainingBackend, tensors: readonly TensorInfo[]) {
  return backend.layOut(tensors.map(({ shape }) => util.sizeFromShape(shape)));
}
