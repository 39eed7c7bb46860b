import { SimdBackend } from './backend.js';
import { compileKernels } from './binary.js';
import { SimdError } from './error.js';
import { availableThreads, detectFeatures, enableRevectorisation } from './features.js';
import { SimdMemory } from './memory.js';
import { requireOptions, type SimdOptions, simdOptions } from './options.js';
import { ThreadPool } from './pool.js';

/**
 * Starts a backend: what `tf.setBackend('simd')` waits for.
 *
 * @param options Default: those of `configureSimd`.
 * @throws SimdError `OPTION` for a value that makes no sense, `UNSUPPORTED` when the engine has no WebAssembly SIMD or a
 *   worker doesn't start, `OUT_OF_MEMORY` when the system grants no memory.
 */
export async function createBackend(options: SimdOptions = simdOptions()): Promise<SimdBackend> {
  requireOptions(options);
  const features = detectFeatures();
  if (!features.simd) {
    throw new SimdError(
      'UNSUPPORTED',
      'simd: this JavaScript engine has no WebAssembly SIMD; use a newer one.',
    );
  }
  const threads = options.threads ?? availableThreads();
  // One thread needs no shared memory; without, views for JavaScript kernels are a little cheaper.
  const shared = features.shared && threads > 1;
  const fastest = enableRevectorisation() ? 16 : 8;
  const module = await compileKernels({ ...features, shared });
  const memory = new SimdMemory(shared, options.maximumMemory);
  const pool = await ThreadPool.start(module, memory, threads);
  return new SimdBackend(memory, pool, options.tileWidth ?? fastest, options.poisonFreedMemory ?? false);
}
