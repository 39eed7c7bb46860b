import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { type Peaks, type Processor, processorOf } from './processor.ts';

export interface Machine {
  cpu: string;
  /** Absent in documents of before it was told, as are the peaks. */
  processor?: Processor;
  /** What one core can do, measured before the works, where those are of the processor. */
  peaks?: Peaks;
  /** Those that this process may use. */
  cores: number;
  memoryBytes: number;
  system: string;
  node: string;
  /** Programs that ran or waited to run, mean of the last minute: above 0 before the run, the machine was shared. */
  loadAverage: { before: number; after: number };
}

/** This machine, before the run: `loadAverage.after` is for its end. */
export function thisMachine(): Machine {
  const load = loadAverage();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    processor: processorOf(),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
    loadAverage: { before: load, after: load },
  };
}

export function loadAverage(): number {
  return loadavg()[0] ?? 0;
}

/** Such as `605c3ec`, or `605c3ec-dirty` where files differ from it; undefined outside of a checkout and of a bundle, which says. */
export function commit(): string | undefined {
  const ofBundle = join(import.meta.dirname, '..', '..', '..', 'commit');
  if (existsSync(ofBundle)) return readFileSync(ofBundle, 'utf8') || undefined;
  try {
    const words = ['-c', 'safe.directory=*', 'describe', '--always', '--dirty', '--exclude=*'];
    return execFileSync('git', words, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
