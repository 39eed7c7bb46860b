import { CONVOLUTIONS, type SimdOptions } from '@residual/backend-simd';
import { ACTIVATIONS, type WebgpuOptions } from '@residual/backend-webgpu/node';
import type { SelectedBackend } from '@residual/ops';
import { parseConfig, type RunConfig } from '@residual/recipes';
import type { Json } from '@residual/trainer';
import { CommandError } from '../error.js';
import type { RunFolder } from './folder.js';

/** What a run folder's `config.json` holds: all that decides the run. */
export type RunSettings = RunConfig & {
  /** Of the command that started the run. */
  version: string;
  /** The folder of the IDX files; null: Fashion-MNIST. */
  data: string | null;
  /** What computes it. */
  backend: Pick<SelectedBackend, 'name' | 'device' | 'details'>;
  /** As asked for; null: the backend's own choice. */
  threads: number | null;
  /** How simd computes convolutions, as asked for; null: its own choice. Another way gives other bits. */
  convolution: NonNullable<SimdOptions['convolution']> | null;
  /** How webgpu keeps the tensors between layers, as asked for; null: in float32. */
  activations: NonNullable<WebgpuOptions['activations']> | null;
};

/**
 * Reads a run's `config.json`.
 *
 * @throws CommandError `RUN_FOLDER`, RecipesError `RESUME` or `OPTION` naming the file, when it isn't one.
 */
export async function readSettings(folder: RunFolder): Promise<RunSettings> {
  const where = folder.file('config.json');
  const config = parseJson(await folder.readConfig(), where);
  const run = parseConfig(config, where);
  if (!isRest(config)) throw damaged(where, 'the settings of a run', 'something else');
  const { version, data, backend, threads, convolution = null, activations = null } = config;
  return { version, ...run, data, backend, threads, convolution, activations };
}

function parseJson(bytes: Uint8Array, where: string): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(where, 'JSON', error instanceof Error ? error.message : 'something else');
  }
}

function isRest(config: unknown): config is Omit<RunSettings, keyof RunConfig> {
  if (!isObject(config) || !isObject(config.backend)) return false;
  const { version, data, backend, threads, convolution, activations } = config;
  return (
    typeof version === 'string' &&
    (data === null || typeof data === 'string') &&
    typeof backend.name === 'string' &&
    typeof backend.device === 'string' &&
    isObject(backend.details) &&
    (threads === null || typeof threads === 'number') &&
    (convolution === undefined ||
      convolution === null ||
      CONVOLUTIONS.some((name) => name === convolution)) &&
    (activations === undefined || activations === null || ACTIVATIONS.some((name) => name === activations))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(where: string, expected: string, received: string): CommandError {
  const fix = 'Put the file back as it was, or start a new run.';
  return new CommandError('RUN_FOLDER', { where, expected, received, fix });
}
