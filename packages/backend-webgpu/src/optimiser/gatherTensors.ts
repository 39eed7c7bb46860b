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
  if (
    places.every(({ buffer, offset }, i) => buffer === shared && offset === 4 * offsets[i]!) &&
    shared.size >= size
  ) {
    return use(shared);
  }
  return backend.scratch(size, (buffer) => {
    for (const [i, place] of places.entries()) {
      backend.copy(place, { buffer, offset: 4 * offsets[i]! }, place.size);
    }
    return use(buffer);
  });
}
