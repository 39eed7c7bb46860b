import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { simd } from '@residual/backend-simd';
import type { BackendProbe } from '@residual/ops';
import type { PeerRow } from './peerRow.ts';
import { type Peaks, processorOf } from './processor.ts';
import { PYTORCH } from './pyTorch.ts';
import type { PeerResult } from './report.ts';
import type { Settings } from './settings.ts';

const LIMIT_MS = 120_000;

/** What one core can do for those that are to be measured, before they are. */
export async function peaksFor(rows: readonly PeerRow[], { python }: Settings): Promise<Peaks> {
  const has = (wanted: string) => rows.some(({ family }) => family === wanted);
  return {
    // The backend measures its tile when it is looked at.
    ...(has('simd') && tileOf(await simd.probe({ threads: 1 }), processorOf().vectorBits)),
    ...(has(PYTORCH) && python !== undefined && (await pyTorchPeaks(python))),
  };
}

/** The faster tile, as the backend's details tell it. */
export function tileOf(probe: BackendProbe, widest: number | undefined): Pick<Peaks, 'tile' | 'tileBits'> {
  if (!probe.usable) return {};
  const { tile = '', revectorisation = '' } = probe.details ?? {};
  const speeds = speedsIn(tile);
  if (speeds.length === 0) return {};
  // V8 joins two vectors of 128 bits on x64, where there are 256.
  const tileBits = revectorisation.startsWith('on') ? Math.min(256, widest ?? 128) : 128;
  return { tile: Math.max(...speeds), tileBits };
}

/**
 * The same peaks with the fastest tile that any of a run's processes saw when it started: each looks for some milliseconds only, in which
 * a neighbour may be busy, where of PyTorch's peaks the best of a second counts.
 */
export function withFastestTile(peaks: Peaks, results: readonly PeerResult[]): Peaks {
  if (peaks.tile === undefined) return peaks;
  const seen = results.flatMap(({ family, description }) =>
    /^simd\b/.test(family) ? speedsIn(description) : [],
  );
  return { ...peaks, tile: Math.max(peaks.tile, ...seen) };
}

function speedsIn(text: string): number[] {
  return [...text.matchAll(/(\d+) GFLOPS/g)].map(([, digits]) => Number(digits));
}

/** Nothing where the interpreter has no PyTorch. */
async function pyTorchPeaks(python: string): Promise<Pick<Peaks, 'product' | 'convolution'>> {
  const program = join(import.meta.dirname, 'peers', 'peaks.py');
  try {
    const { stdout } = await promisify(execFile)(python, [program], { timeout: LIMIT_MS });
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  } catch {
    return {}; // the peers say what is wrong with it
  }
}
