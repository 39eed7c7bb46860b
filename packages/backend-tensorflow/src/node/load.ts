import { createRequire } from 'node:module';
import { findBackendFactory } from '@tensorflow/tfjs-core';
import type { Addon } from '../addon.js';
import { diagnose } from '../diagnosis/diagnose.js';
import { TensorflowError } from '../error.js';
import type { Attempt, Findings } from '../findings.js';
import type { TensorflowOptions } from '../options.js';
import { registerKernels } from '../registerKernels.js';
import { lookAround } from './gather.js';
import { listGpus } from './gpus.js';
import { loadTfjsNode, type TensorflowBackendClass } from './tfjsNode.js';

export interface Loaded {
  addon: Addon;
  packageName: string;
  Backend: TensorflowBackendClass;
}

let loaded: Loaded | undefined;

/**
 * Loads TensorFlow into this process, once, and registers all kernels.
 *
 * @throws TensorflowError `UNAVAILABLE` where it can't be loaded, `NO_GPU` where it uses no GPU and should: with the
 * reason and what to do about it.
 */
export async function loadTensorflow({ requireGpu = false, threads }: TensorflowOptions): Promise<Loaded> {
  loaded ??= load(threads);
  if (requireGpu && !loaded.addon.isUsingGpuDevice()) {
    const attempt = { isLoaded: true, version: loaded.addon.TF_Version, usesGpu: false } as const;
    const gpus = await listGpus();
    fail({ ...lookAround(), gpus, attempt: { ...attempt, libraries: [], log: '' } }, 'NO_GPU');
  }
  return loaded;
}

function load(threads: number | undefined): Loaded {
  const findings = lookAround();
  const { installation } = findings;
  if (!installation?.hasAddon) return fail(findings, 'UNAVAILABLE');
  // Read by TensorFlow when it is loaded; what the user has set stays.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (threads !== undefined) {
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.OMP_NUM_THREADS = String(threads);
  }
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)(installation.addon);
  } catch (error) {
    const attempt: Attempt = {
      isLoaded: false,
      error: error instanceof Error ? error.message : String(error),
    };
    return fail({ ...findings, attempt }, 'UNAVAILABLE', error);
  }
  const Backend = loadTfjsNode(installation.folder);
  registerKernels();
  return { addon, packageName: installation.packageName, Backend };
}

function fail(findings: Findings, code: 'UNAVAILABLE' | 'NO_GPU', cause?: unknown): never {
  const diagnosis = diagnose(findings, { requireGpu: code === 'NO_GPU' });
  if (diagnosis.usable) throw cause;
  const expected = code === 'NO_GPU' ? 'TensorFlow to use a GPU' : 'TensorFlow to load';
  const received = `a failure: ${diagnosis.reason.replace(/\.$/, '')}`;
  throw new TensorflowError(code, { where: 'tensorflow', expected, received, fix: diagnosis.fix }, { cause });
}

/** Whether TensorFlow computes on a GPU. False where it isn't loaded. */
export function isUsingGpu(): boolean {
  return loaded?.addon.isUsingGpuDevice() ?? false;
}

/** True where a program has brought tfjs-node itself: its backend has the name already. */
export function isRegistered(): boolean {
  return findBackendFactory('tensorflow') !== null && findBackendFactory('tensorflow') !== undefined;
}
