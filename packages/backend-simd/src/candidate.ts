import type { BackendCandidate, BackendProbe, OptionValues } from '@residual/ops';
import { configureSimd, requireOptions, type SimdOptions, simdOptionList, simdOptions } from './options.js';
import { arithmeticOf, asStarted, type Plan, planFor, threadCount } from './plan.js';
import type { TileChoice } from './tileWidth.js';

/** For `selectBackend` of `@residual/ops`: this backend, and whether it can run here. */
export const simd: BackendCandidate = {
  name: 'simd',
  options: simdOptionList,
  probe,
  probeStarted: probe,
  async load(values = {}) {
    configureSimd(values);
  },
};

async function probe(values: OptionValues = {}): Promise<BackendProbe> {
  const asked: SimdOptions = { ...simdOptions(), ...values };
  requireOptions(asked);
  const planned = await planFor(asked);
  if (planned === undefined) {
    return {
      usable: false,
      reason: 'This JavaScript engine has no WebAssembly SIMD.',
      fix: 'Use Node >= 20.19 or a browser of 2023 or later.',
    };
  }
  const plan = asStarted(planned, asked);
  return { usable: true, device: deviceOf(plan), details: detailsOf(plan, asked) };
}

function deviceOf({ threads, share }: Plan): string {
  const device = `CPU, WebAssembly SIMD, ${threadCount(threads)}`;
  return share === undefined
    ? device
    : `${device}; portable bits, matrix products at ${share.toFixed(2)} of the fastest speed`;
}

function detailsOf(plan: Plan, options: SimdOptions): Record<string, string> {
  const { threads, notice, tile, revectorisation } = plan;
  return {
    ...arithmeticOf(plan, options),
    threads: notice ?? String(threads),
    revectorisation,
    tile: describeTile(tile),
  };
}

function describeTile({ width, speeds, reason }: TileChoice): string {
  const gigaflops = (columns: 8 | 16) => `${speeds[columns].toFixed(0)} GFLOPS with ${columns} columns`;
  return `6 x ${width}, ${reason} (measured on one thread: ${gigaflops(8)}, ${gigaflops(16)})`;
}
