import { type BackendCandidate, type BackendProbe, unusable } from '@residual/ops';
import { factsOf, findAdapter } from './adapter.js';
import { createBackend } from './createBackend.js';
import { prepareBackend } from './factory.js';
import { activationsOption, configureWebgpu, type WebgpuOptions, webgpuOptions } from './options.js';
import { recoverDevice } from './recoverDevice.js';

/** For `selectBackend` of `@residual/ops`: this backend, and whether it can run here. */
export const webgpu: BackendCandidate = {
  name: 'webgpu',
  options: [activationsOption],
  probe: (values = {}) => probeAdapter({ ...webgpuOptions(), ...values }),
  async examine(): Promise<Record<string, string>> {
    try {
      const backend = await createBackend();
      const { name } = backend.tileSizes.at(-1)!;
      backend.dispose();
      return { tiles: name, selfCheck: 'passed' };
    } catch (error) {
      return { selfCheck: error instanceof Error ? error.message : String(error) };
    }
  },
  async load(values = {}) {
    configureWebgpu(values);
    await prepareBackend();
  },
  recover: recoverDevice,
};

/** Whether there is an adapter, and what it is. */
async function probeAdapter(options: WebgpuOptions): Promise<BackendProbe> {
  try {
    const { description, details, isFallback } = factsOf(await findAdapter(options));
    return {
      usable: true,
      device: description,
      details,
      isGpu: !isFallback,
      ...(isFallback && { onlyByName: `It would compute on the processor (${description}).` }),
    };
  } catch (error) {
    return unusable(error);
  }
}
