import { cpus } from 'node:os';
import { configureSimd, type SimdOptions, simd } from '@residual/backend-simd';
import { tensorflow, tensorflowCandidate } from '@residual/backend-tensorflow';
import { configureWebgpu, type WebgpuOptions, webgpu } from '@residual/backend-webgpu/node';
import { type BackendCandidate, type SelectedBackend, selectBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { CommandError } from './error.js';
import { oneOf } from './format.js';

/** tfjs's own backend in plain JavaScript: runs anywhere, and is far too slow to train on. */
const cpu: BackendCandidate = {
  name: 'cpu',
  options: [],
  probe: async () => ({
    usable: true,
    device: `${cpus()[0]?.model.trim() || 'CPU'}, plain JavaScript, 1 thread (very slow)`,
  }),
  load: async () => void (await import('@tensorflow/tfjs-backend-cpu')),
};

/** What this program can compute with. */
export const candidates: readonly BackendCandidate[] = [tensorflow, webgpu, simd, cpu];

/** What `auto` considers, the best first: without a GPU, TensorFlow has to be asked for. */
export const autoCandidates: readonly BackendCandidate[] = [
  tensorflowCandidate({ requireGpu: true }),
  webgpu,
  simd,
  cpu,
];

export interface BackendOptions {
  /** A name, or `auto`. */
  backend?: string;
  threads?: number;
  tileWidth?: SimdOptions['tileWidth'];
  convolution?: SimdOptions['convolution'];
  activations?: WebgpuOptions['activations'];
  /** A part of an adapter's name. */
  gpu?: string;
  verbose?: boolean;
}

/** Those options of backends that were given, by name: what `config.json` keeps. */
export function givenOptions({
  backend: _,
  verbose: __,
  ...options
}: BackendOptions): Record<string, string | number> {
  const { threads, tileWidth, convolution, activations, gpu } = options;
  const given = Object.entries({ threads, tileWidth, convolution, activations, gpu });
  return Object.fromEntries(
    given.filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

/** Starts a backend again, as `config.json` says. */
export function restartBackend({
  name,
  options,
}: {
  name: string;
  options: BackendOptions;
}): Promise<SelectedBackend> {
  return startBackend({ ...options, backend: name });
}

/** TensorFlow.js advertises another backend on stderr, and tells of failures that the command tells better. */
export function quietTensorflow(verbose = false): void {
  if (!verbose) tf.enableProdMode();
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
 * @throws CommandError `USAGE` for an unknown name or an option that the backend can't follow, OpsError `BACKEND` when it can't run.
 */
export async function startBackend({
  backend = 'auto',
  threads,
  tileWidth,
  convolution,
  activations,
  gpu,
  verbose,
}: BackendOptions): Promise<SelectedBackend> {
  checkBackend(backend);
  configureSimd({ tileWidth, convolution });
  configureWebgpu({ activations });
  quietTensorflow(verbose);
  const selected =
    backend === 'auto'
      ? await selectBackend(autoCandidates, { values: { threads, gpu } })
      : await selectBackend(candidates, { require: backend, values: { threads, gpu } });
  if (activations === 'float16' && selected.name !== webgpu.name) {
    throw new CommandError('USAGE', {
      where: '--activations float16',
      expected: `the backend ${webgpu.name}, which alone can keep them so`,
      received: selected.name,
      fix: `Ask for it with --backend ${webgpu.name}, or leave the option out.`,
    });
  }
  return selected;
}
