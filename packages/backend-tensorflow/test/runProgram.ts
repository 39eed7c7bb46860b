import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Outcome {
  losses: number[];
  tensors: number[];
  /** Counted by the addon. */
  nativeTensors: number[];
  /** In MB. */
  resident: number[];
  referenceOps: string[];
}

/** Builds what the program imports. */
export async function buildProgram(): Promise<void> {
  const task = join(import.meta.dirname, '..', '..', '..', 'tooling', 'run', 'task.js');
  await promisify(execFile)(process.execPath, [task, 'bundle', '@residual/backend-tensorflow...']);
}

/** Runs program.js to its end. Throws where it prints anything on stderr. */
export async function runProgram(node: string, steps: number): Promise<Outcome> {
  const { stdout, stderr } = await promisify(execFile)(
    node,
    ['--expose-gc', join(import.meta.dirname, 'program.js'), String(steps)],
    // Threads' own heaps fragment for some thousand steps, which would hide a leak of the size looked for.
    { env: { ...process.env, NODE_OPTIONS: '', MALLOC_ARENA_MAX: '1' } },
  );
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}
