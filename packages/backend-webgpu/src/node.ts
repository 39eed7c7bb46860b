import { webgpu as candidate } from './index.js';
import { inNode } from './nodeCandidate.js';

/** For `selectBackend` of `@residual/ops`: this backend through Dawn, and whether it can run here. */
export const webgpu = inNode(candidate);

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
} from './index.js';
