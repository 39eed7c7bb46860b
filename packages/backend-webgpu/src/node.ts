import { type BackendCandidate, type BackendOption, unusable } from '@residual/ops';
import { installWebgpu } from './dawn.js';
import { webgpu as candidate } from './index.js';

/** What an app may offer of {@link InstallOptions}. */
const gpuOption: BackendOption = {
  name: 'gpu',
  help: "where there are several: a part of its name; default: the system's choice",
  values: { kind: 'text' },
  changesBits: true,
};

/** For `selectBackend` of `@residual/ops`: this backend through Dawn, and whether it can run here. */
export const webgpu: BackendCandidate = {
  ...candidate,
  options: [...candidate.options, gpuOption],
  async probe({ gpu, ...values } = {}) {
    try {
      await installWebgpu({ gpu: gpu?.toString() });
    } catch (error) {
      return unusable(error);
    }
    return candidate.probe(values);
  },
  // Dawn's adapter was chosen by `probe`.
  load: ({ gpu, ...values } = {}) => candidate.load(values),
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
