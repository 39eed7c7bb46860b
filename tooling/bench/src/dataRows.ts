import { join } from 'node:path';
import { full } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { pictureFolder } from './pictureFolder.ts';
import { pyTorchLoader } from './pyTorch.ts';

/** Built, because Node 20 runs no TypeScript. */
const built = join(import.meta.dirname, '..', 'dist', 'data.js');

/** Pictures that training on their pack goes round. */
const PACKED = 512;

const packed = (name: string, from: 'pack' | 'memory'): PeerRow => ({
  name,
  family: name,
  kinds: ['packed training'],
  pace: full,
  program: async (task) => ({
    command: process.execPath,
    args: [built, JSON.stringify({ task, from, folder: await pictureFolder(PACKED) })],
  }),
});

/** What the way of pictures to the network costs. */
export const dataRows: PeerRow[] = [
  {
    name: 'first pass',
    family: 'first pass',
    kinds: ['decoding'],
    pace: full,
    program: async (task) => ({
      command: process.execPath,
      args: [built, JSON.stringify({ task, from: 'files', folder: await pictureFolder(task.inputShape[0]) })],
    }),
  },
  pyTorchLoader,
  packed('simd from the pack', 'pack'),
  packed('simd from memory', 'memory'),
];
