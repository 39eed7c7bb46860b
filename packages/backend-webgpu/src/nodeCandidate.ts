import type { BackendCandidate } from '@residual/ops';
import { unusable } from './candidate.js';
import { installWebgpu } from './dawn.js';

/** The same candidate after Dawn has been installed. */
export function inNode(candidate: BackendCandidate): BackendCandidate {
  return {
    ...candidate,
    async probe(options) {
      try {
        await installWebgpu({ gpu: options?.gpu });
      } catch (error) {
        return unusable(error);
      }
      return candidate.probe(options);
    },
  };
}
