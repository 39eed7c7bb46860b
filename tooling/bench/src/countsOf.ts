import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CountedWork, Engine, StepCounts } from '@residual/counting';

/** What one training step asks of a WebGPU device. It runs in a process of its own, on a device that only counts. */
export async function countsOf(engine: Engine, { model, batchSize }: CountedWork): Promise<StepCounts> {
  const program = fileURLToPath(new URL('main.ts', import.meta.resolve('@residual/counting')));
  const args = [program, '--engine', engine, '--model', model, '--batch-size', String(batchSize)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
