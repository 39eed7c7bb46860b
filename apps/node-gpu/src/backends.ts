import { cpus } from 'node:os';
import { configureSimd, type SimdOptions, simd } from '@residual/backend-simd';
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
export const candidates: readonly BackendCandidate[] = [simd, cpu];

/** Those that compute on a GPU. */
const GPU_BACKENDS: readonly string[] = [];

export interface BackendOptions {
  /** A name, or `auto`. */
  backend?: string;
  threads?: number;
  tileWidth?: SimdOptions['tileWidth'];
  convolution?: SimdOptions['convolution'];
  verbose?: boolean;
}

export interface StartedBackend extends SelectedBackend {
  hasGpu: boolean;
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
  verbose,
}: BackendOptions): Promise<StartedBackend> {
  checkBackend(backend);
  configureSimd({ tileWidth, convolution });
  quietTensorflow(verbose);
  const require = backend === 'auto' ? undefined : backend;
  const selected = await selectBackend(candidates, { require, threads });
  return { ...selected, hasGpu: GPU_BACKENDS.includes(selected.name) };
}
