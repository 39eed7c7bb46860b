import { simd } from '@residual/backend-simd';
import { selectBackend } from '@residual/ops';
import type { Loaded, LoadOptions } from './loaded.ts';

export async function load({ threads }: LoadOptions): Promise<Loaded> {
  const { details } = await selectBackend([simd], { threads });
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  const used = Number(details.threads);
  return {
    description: `Residual's simd; ${facts.join('; ')}`,
    versions: {},
    threads: Number.isNaN(used) ? 1 : used, // in words where a page allows only one
  };
}
