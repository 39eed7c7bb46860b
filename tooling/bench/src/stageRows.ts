import { join } from 'node:path';
import { full } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { pictureFolder } from './pictureFolder.ts';
import { PYTORCH } from './pyTorch.ts';

/** Built, because Node 20 runs no TypeScript. */
const built = join(import.meta.dirname, '..', 'dist', 'stages.js');

const CLASSES = 5;

const ours = (name: string, what: 'frozen stage' | 'prediction'): PeerRow => ({
  name,
  family: name,
  kinds: ['frozen stage'],
  pace: full,
  program: async (task) => ({
    command: process.execPath,
    args: [built, JSON.stringify({ task, what, folder: await pictureFolder(task.inputShape[0], CLASSES) })],
  }),
});

/** What it costs to solve a head on the features of a frozen trunk, beside what naming the same pictures costs. */
export const stageRows: PeerRow[] = [
  ours('simd prediction', 'prediction'),
  ours('simd frozen stage', 'frozen stage'),
  {
    name: `${PYTORCH} frozen stage`,
    family: PYTORCH,
    kinds: ['frozen stage'],
    pace: full,
    program(task, { python }) {
      if (python === undefined) return { absent: 'no interpreter with torchvision was named: --python PATH' };
      const program = join(import.meta.dirname, 'peers', 'torchvision', 'frozen.py');
      return { command: python, args: [program, JSON.stringify({ task })] };
    },
  },
];
