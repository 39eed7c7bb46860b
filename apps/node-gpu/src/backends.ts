import { cpus } from 'node:os';
import { configureSimd, type SimdOptions, simd } from '@residual/backend-simd';
import { webgpu } from '@residual/backend-webgpu/node';
import { type BackendCandidate, type SelectedBackend, selectBackend } from '@residual/ops';
import { CommandError } from './error.js';
import { oneOf } from './format.js';
import { quietTensorflow } from './tensorflow.js';

/** tfjs's own backend in plain JavaScript: runs anywhere, and is far too slow to train on. */
const cpu: BackendCandidate = {
  name: 'cpu',
  probe: async () => ({
    usable: true,
    device: `${cpus()[0]?.model.trim() || 'CPU'}, plain JavaScript, 1 thread (very slow)`,
  }),
  load: async () => void (await import('@tensorflow/tfjs-backend-cpu')),
};

/** What this program can compute with, the best first. */
export const candidates: readonly BackendCandidate[] = [webgpu, simd, cpu];

export interface BackendOptions {
  /** A name, or `auto`. */
  backend?: string;
  threads?: number;
  tileWidth?: SimdOptions['tileWidth'];
  convolution?: SimdOptions['convolution'];
  /** A part of an adapter's name. */
  gpu?: string;
  verbose?: boolean;
}

/** @throws CommandError `USAGE` when there is no backend of the name that `--backend` gives. */
export function checkBackend(name = 'auto'): void {
  const names = ['auto', ...candidates.map((candidate) => candidate.name)];
  if (names.includes(name)) return;
  throw new CommandError('USAGE', {
    where: '--backend',
    expected: oneOf(names),
    received: name,
    fix: '`residual backends` tells which can run here.',
  });
}

/**
 * Starts the backend asked for, or else the best that runs here.
 *
 * @throws CommandError `USAGE` for an unknown name, OpsError `BACKEND` when it can't run.
 */
export async function startBackend({
  backend = 'auto',
  threads,
  tileWidth,
  convolution,
  gpu,
  verbose,
}: BackendOptions): Promise<SelectedBackend> {
  checkBackend(backend);
  configureSimd({ tileWidth, convolution });
  quietTensorflow(verbose);
  const require = backend === 'auto' ? undefined : backend;
  return selectBackend(candidates, { require, threads, gpu });
}
