import type { BackendCandidate } from '@residual/ops';
import { factsOf, findAdapter } from './adapter.js';

/** For `selectBackend` of `@residual/ops`: this backend, and whether it can run here. */
export const webgpu: BackendCandidate = {
  name: 'webgpu',
  async probe() {
    try {
      const { description, details } = factsOf(await findAdapter());
      return { usable: true, device: description, details };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const [, reason = text, fix = ''] = /^(?:webgpu: )?(.*?[.]) ([A-Z].*)$/s.exec(text) ?? [];
      return { usable: false, reason, fix };
    }
  },
  async load() {},
};
