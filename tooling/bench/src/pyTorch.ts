import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { full, onGpu } from './pace.ts';
import type { PeerCommand } from './peer.ts';
import { type Absent, NETWORK_KINDS, type PeerRow } from './peerRow.ts';
import { pictureFolder } from './pictureFolder.ts';
import { processorOf } from './processor.ts';
import type { Task } from './protocol.ts';

export const PYTORCH = 'PyTorch';
export const PYTORCH_BFLOAT16 = `${PYTORCH} bfloat16`;
const program = join(import.meta.dirname, 'peers', 'pytorch.py');

/** tcmalloc keeps freed memory, which PyTorch gains from: the fairest PyTorch is its best one. */
const LIBRARY = 'libtcmalloc_minimal.so.4';
const FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
];

const LAYOUTS = ['contiguous', 'channels_last'];
const tcmallocLibrary = () => FOLDERS.map((folder) => join(folder, LIBRARY)).find((path) => existsSync(path));
const onProcessor = { device: 'cpu', tf32: false, autocast: false } as const;

/** PyTorch in float32, in both memory layouts, with and without tcmalloc. */
export const pyTorch: PeerRow[] = [false, true].flatMap((tcmalloc) =>
  LAYOUTS.map(
    (layout): PeerRow => ({
      name: `${PYTORCH} ${layout}${tcmalloc ? ' + tcmalloc' : ''}`,
      family: PYTORCH,
      kinds: NETWORK_KINDS,
      pace: full,
      program(task, { python }) {
        const library = tcmallocLibrary();
        if (tcmalloc && library === undefined) {
          return { absent: `${LIBRARY} is not installed (on Debian: apt install libtcmalloc-minimal4)` };
        }
        return start(python, { ...onProcessor, task, layout }, tcmalloc ? { LD_PRELOAD: library } : {});
      },
    }),
  ),
);

/** The same as a user of such a processor could pick it, products and convolutions in bfloat16: not the peer to compare float32 with. */
export const pyTorchBfloat16: PeerRow = {
  name: `${PYTORCH} bfloat16 autocast`,
  family: PYTORCH_BFLOAT16,
  kinds: NETWORK_KINDS,
  pace: full,
  program(task, { python }) {
    if (processorOf().bfloat16.length === 0) {
      return { absent: 'this processor has no instructions for bfloat16 (AMX, avx512_bf16)' };
    }
    const library = tcmallocLibrary();
    return start(
      python,
      { ...onProcessor, task, layout: 'channels_last', autocast: true },
      library === undefined ? {} : { LD_PRELOAD: library },
    );
  },
};

/** The same on an NVIDIA GPU. With TF32 it computes convolutions in 10 bits of precision: not the peer to compare float32 with. */
export const pyTorchCuda: PeerRow[] = [false, true].flatMap((tf32) =>
  LAYOUTS.map(
    (layout): PeerRow => ({
      name: `${PYTORCH} CUDA${tf32 ? ' TF32' : ''} ${layout}`,
      family: tf32 ? `${PYTORCH} CUDA TF32` : PYTORCH,
      pace: onGpu,
      program: (task, { python }) => start(python, { task, layout, device: 'cuda', tf32, autocast: false }),
    }),
  ),
);

/** Its own way from picture files to batches, as its tutorials have it. */
export const pyTorchLoader: PeerRow = {
  name: `${PYTORCH} DataLoader, 2 workers`,
  family: PYTORCH,
  kinds: ['decoding'],
  pace: full,
  async program(task, { python }) {
    if (python === undefined) return { absent: 'no interpreter with torchvision was named: --python PATH' };
    const folder = await pictureFolder(task.inputShape[0]);
    const loader = join(import.meta.dirname, 'peers', 'torchvision', 'loader.py');
    return { command: python, args: [loader, JSON.stringify({ task, folder })] };
  },
};

interface Arguments {
  task: Task;
  layout: string;
  device: 'cpu' | 'cuda';
  tf32: boolean;
  /** Products and convolutions in bfloat16. */
  autocast: boolean;
}

function start(
  python: string | undefined,
  options: Arguments,
  env: PeerCommand['env'] = {},
): PeerCommand | Absent {
  if (python === undefined) return { absent: 'no interpreter with torch was named: --python PATH' };
  return { command: python, args: [program, JSON.stringify(options)], env };
}
