import { tensorflow } from '@residual/backend-tensorflow';
import { selectBackend } from '@residual/ops';
import type { Loaded, LoadOptions } from './loaded.ts';

/** Our kernels on TensorFlow's library, prepared by `npx pnpm@12 residual setup tensorflow`. */
export async function load({ threads }: LoadOptions): Promise<Loaded> {
  const found = await tensorflow.probe({ threads });
  if (!found.usable) throw new Error(`${found.reason} \`npx pnpm@12 backends\` tells what to do`);
  const { device, details } = await selectBackend([tensorflow], { values: { threads } });
  return {
    description: `Residual's tensorflow, on ${device}`,
    // Without the place of the library, which is this machine's alone.
    versions: { libtensorflow: details.library!.split(',')[0]!, 'tfjs-node': details.package! },
    threads,
  };
}
