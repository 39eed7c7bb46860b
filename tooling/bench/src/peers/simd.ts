import { simd } from '@residual/backend-simd';
import { selectBackend } from '@residual/ops';
import type { Loaded, LoadOptions } from './loaded.ts';

export async function load({ threads }: LoadOptions): Promise<Loaded> {
  const { details } = await selectBackend([simd], { threads });
  const facts = Object.entries(details).filter(([name]) => name !== 'threads'); // those available, not those used
  // A page that is not cross-origin isolated has one thread; Node always has them.
  const isolated = globalThis.crossOriginIsolated ?? true;
  return {
    description: `Residual's simd; ${facts.map(([name, value]) => `${name} ${value}`).join('; ')}`,
    versions: {},
    threads: isolated ? threads : 1,
  };
}
