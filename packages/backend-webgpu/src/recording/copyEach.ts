import type { ActivationsBackend } from '../activations.js';
import type { Place, Range } from '../sharedBuffers.js';

/** Records copies to places that lie one behind the other: one copy where what is copied lies likewise. */
export function copyEach(backend: ActivationsBackend, from: readonly Range[], to: readonly Place[]): void {
  let first = 0;
  for (const [i, { buffer, offset, size }] of from.entries()) {
    const [start, goal, next] = [from[first]!, to[first]!, from[i + 1]];
    const isLikewise =
      next?.buffer === buffer &&
      to[i + 1]!.buffer === goal.buffer &&
      next.offset >= offset + size &&
      next.offset - start.offset === to[i + 1]!.offset - goal.offset;
    if (isLikewise) continue;
    backend.copy(start, goal, offset + size - start.offset);
    first = i + 1;
  }
}
