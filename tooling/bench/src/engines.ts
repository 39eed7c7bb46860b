import { join } from 'node:path';
import { NODE_MAJORS, nodeProgram } from '@residual/nodes';
import { full } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { pyTorchCuda } from './pyTorch.ts';
import { residualProgram } from './residualProgram.ts';

/** One thread and all of them. */
const oneAndAll = (threads: number) => [...new Set([1, threads])];

const row = (engine: string, program: PeerRow['program']): PeerRow => ({
  name: `simd in ${engine}`,
  family: `simd in ${engine}`,
  pace: full,
  threadCounts: oneAndAll,
  program,
});

const nodeRow = (major: number): [string, PeerRow[]] => [
  `node${major}`,
  [row(`Node ${major}`, async (task) => residualProgram('simd', task, { node: await nodeProgram(major) }))],
];

/**
 * simd where JavaScript runs otherwise: other Nodes, which have no re-vectorisation, and a browser. And PyTorch on an NVIDIA GPU, for
 * `webgpu` to be compared with.
 */
export const engines: Record<string, PeerRow[]> = {
  ...Object.fromEntries(NODE_MAJORS.map(nodeRow)),
  chromium: [
    row('Chromium', (task) => ({
      command: process.execPath,
      args: [join(import.meta.dirname, 'peers', 'chromium.ts'), JSON.stringify({ task })],
    })),
  ],
  cuda: pyTorchCuda,
};
