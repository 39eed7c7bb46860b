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
  const { offsets, size } = backend.layOut(tensors.map(({ shape }) => util.sizeFromShape(shape)));
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
  const { offsets } = backend.layOut(tensors.map(({ shape }) => util.sizeFromShape(shape)));
  for (const [i, tensor] of tensors.entries()) {
    const { size, ...from } = backend.place(tensor);
    backend.copy(from, { buffer, offset: 4 * offsets[i]! }, size);
  }
}
