import { webgpu } from '@residual/backend-webgpu/node';
import { brief, fewSteps, full } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { residualProgram } from './residualProgram.ts';

/** Our kernels and TensorFlow.js's own on the adapter that there is: on one that is no GPU, few steps of few pictures. */
export async function webgpuRows(): Promise<PeerRow[]> {
  const found = await webgpu.probe();
  const isGpu = found.usable && found.isGpu === true;
  const program =
    (backend: string): PeerRow['program'] =>
    (task) =>
      found.usable ? residualProgram(backend, task) : { absent: `${found.reason} ${found.fix}` };
  return [
    {
      name: 'webgpu',
      family: 'webgpu',
      pace: isGpu ? full : fewSteps,
      countedAs: 'residual',
      program: program('webgpu'),
    },
    {
      name: 'tfjs webgpu',
      family: 'tfjs webgpu',
      pace: isGpu ? brief : fewSteps,
      countedAs: 'tfjs',
      program: program('tfjs-webgpu'),
    },
  ];
}
