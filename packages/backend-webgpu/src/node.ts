import { type BackendCandidate, unusable } from '@residual/ops';
import { installWebgpu } from './dawn.js';
import { webgpu as candidate } from './index.js';

/** For `selectBackend` of `@residual/ops`: this backend through Dawn, and whether it can run here. */
export const webgpu: BackendCandidate = {
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

export { type InstallOptions, installWebgpu, uninstallWebgpu } from './dawn.js';
export {
  ACTIVATIONS,
  configureWebgpu,
  createBackend,
  recoverDevice,
  TrainingBackend,
  WebgpuError,
  type WebgpuErrorCode,
  type WebgpuOptions,
  type WebgpuProblem,
} from './index.js';
