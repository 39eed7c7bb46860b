import type { BackendCandidate } from '@residual/ops';
import { availableThreads, detectFeatures } from './features.js';
import { configureSimd } from './options.js';

/** For `selectBackend` of `@residual/ops`: this backend, and whether it can run here. */
export const simd: BackendCandidate = {
  name: 'simd',
  async probe() {
    const { simd, relaxed, shared } = detectFeatures();
    if (!simd) {
      return {
        usable: false,
        reason: 'This JavaScript engine has no WebAssembly SIMD.',
        fix: 'Use Node >= 20.19 or a browser of 2023 or later.',
      };
    }
    const threads = availableThreads();
    const details: Record<string, string> = {
      multiplyAdd: relaxed ? 'fused (relaxed SIMD)' : 'in two roundings (no relaxed SIMD)',
      threads: shared
        ? String(threads)
        : `1 of ${threads}: this page is not cross-origin isolated (serve it with the headers ` +
          'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)',
    };
    return { usable: true, device: `CPU, WebAssembly SIMD, ${shared ? threads : 1} threads`, details };
  },
  async load(options = {}) {
    configureSimd(options);
  },
};
