import { webgpu } from '@residual/backend-webgpu/node';
import { brief, fewSteps, onGpu } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { type ResidualOptions, residualProgram } from './residualProgram.ts';
import { variantRows } from './variantRows.ts';

/**
 * Our kernels, also with activations in float16, and TensorFlow.js's own on the adapter that there is: on one that is no GPU, few
 * steps of few pictures.
 */
export async function webgpuRows(): Promise<PeerRow[]> {
  const found = await webgpu.probe();
  const isGpu = found.usable && found.isGpu === true;
  const program =
    (backend: string, options: ResidualOptions = {}): PeerRow['program'] =>
    (task) =>
      found.usable ? residualProgram(backend, task, options) : { absent: `${found.reason} ${found.fix}` };
  const ours = { pace: isGpu ? onGpu : fewSteps, profiled: true };
  return [
    {
      ...ours,
      name: 'webgpu',
      family: 'webgpu',
      countedAs: 'residual',
      program: program('webgpu'),
    },
    {
      ...ours,
      name: 'webgpu float16',
      family: 'webgpu float16',
      countedAs: 'float16',
      program: program('webgpu', { activations: 'float16' }),
    },
    {
      name: 'tfjs webgpu',
      family: 'tfjs webgpu',
      pace: isGpu ? brief : fewSteps,
      countedAs: 'tfjs',
      program: program('tfjs-webgpu'),
    },
    // Elsewhere they would only say how a processor does a GPU's work.
    ...(isGpu ? variantRows('webgpu', onGpu) : []),
  ];
}
