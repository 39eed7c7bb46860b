import { SimdBackend } from './backend.js';
import { SimdError } from './error.js';
import { SimdMemory } from './memory.js';
import { requireOptions, type SimdOptions, simdOptions } from './options.js';
import { arithmeticOf, planFor, rememberStart } from './plan.js';
import { ThreadPool } from './pool.js';

const noticed = new Set<string>();

/** Once. */
function notify(notice: string): void {
  if (noticed.has(notice)) return;
  noticed.add(notice);
  console.warn(`simd: ${notice}`);
}

/**
 * Starts a backend: what `tf.setBackend('simd')` waits for. Says once on the console when it must do with fewer threads.
 *
 * @param options Default: those of `configureSimd`.
 * @throws SimdError `OPTION` for a value that makes no sense, `UNSUPPORTED` when the engine has no WebAssembly SIMD,
 *   `OUT_OF_MEMORY` when the system grants no memory.
 */
export async function createBackend(options: SimdOptions = simdOptions()): Promise<SimdBackend> {
  requireOptions(options);
  const plan = await planFor(options);
  if (plan === undefined) {
    throw new SimdError('UNSUPPORTED', {
      where: 'simd',
      expected: 'a JavaScript engine with WebAssembly SIMD',
      received: 'one without',
      fix: 'Use Node >= 20.19 or a browser of 2023 or later.',
    });
  }
  const { module, shared, threads, tile, notice } = plan;
  if (notice !== undefined) notify(notice);
  const memory = new SimdMemory(shared, options.maximumMemory);
  const pool = await ThreadPool.start(module, memory, threads, options.worker);
  const shortfall = rememberStart(pool, threads, options);
  if (shortfall !== undefined) notify(shortfall);
  return new SimdBackend(memory, pool, {
    tileWidth: tile.width,
    convolution: options.convolution ?? 'auto',
    arithmetic: arithmeticOf(plan, options),
    poisonFreedMemory: options.poisonFreedMemory ?? false,
  });
}
