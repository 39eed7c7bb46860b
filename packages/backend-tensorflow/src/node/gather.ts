import { cpus } from 'node:os';
import type { Findings } from '../findings.js';
import { attemptToLoad } from './attempt.js';
import { listGpus } from './gpus.js';
import { findInstallation } from './installation.js';

/** This machine, without what takes time to find out. */
export function lookAround(): Findings {
  return {
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    processor: cpus()[0]?.model.trim() || 'CPU',
    installation: findInstallation(),
    gpus: [],
  };
}

/**
 * Looks for TensorFlow, and loads it in a process of its own.
 *
 * @param options.requireGpu where no GPU is in sight, the second or two of loading it can be spared
 */
export async function gather({ requireGpu = false }: { requireGpu?: boolean } = {}): Promise<Findings> {
  const findings = { ...lookAround(), gpus: await listGpus() };
  const { installation, gpus } = findings;
  if (!installation?.hasAddon || (requireGpu && gpus.length === 0)) return findings;
  return { ...findings, attempt: await attemptToLoad(installation.addon) };
}
