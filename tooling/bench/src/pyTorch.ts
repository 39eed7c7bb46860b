import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { full } from './pace.ts';
import type { PeerRow } from './peerRow.ts';

export const PYTORCH = 'PyTorch';
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

/** PyTorch in float32, in both memory layouts, with and without tcmalloc. */
export const pyTorch: PeerRow[] = [false, true].flatMap((tcmalloc) =>
  ['contiguous', 'channels_last'].map((layout) => row(layout, tcmalloc)),
);

function row(layout: string, tcmalloc: boolean): PeerRow {
  return {
    name: `${PYTORCH} ${layout}${tcmalloc ? ' + tcmalloc' : ''}`,
    family: PYTORCH,
    pace: full,
    program(task, { python }) {
      if (python === undefined) return { absent: 'no interpreter with torch was named: --python PATH' };
      const library = FOLDERS.map((folder) => join(folder, LIBRARY)).find((path) => existsSync(path));
      if (tcmalloc && library === undefined) {
        return { absent: `${LIBRARY} is not installed (on Debian: apt install libtcmalloc-minimal4)` };
      }
      return {
        command: python,
        args: [program, JSON.stringify({ task, layout })],
        env: tcmalloc ? { LD_PRELOAD: library } : {},
      };
    },
  };
}
