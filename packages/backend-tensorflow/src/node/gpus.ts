import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Gpu } from '../findings.js';

const QUERY = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits'];

/** NVIDIA's GPUs, by NVIDIA's own program; none where it is missing or fails. */
export async function listGpus(): Promise<Gpu[]> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', QUERY, { timeout: 10_000 });
    return parseGpus(stdout);
  } catch {
    return [];
  }
}

/** One line a GPU: `NVIDIA H100 80GB HBM3, 81559, 550.54.15`. */
export function parseGpus(text: string): Gpu[] {
  return text.split('\n').flatMap((line) => {
    const [name, memory, driver] = line.split(', ').map((word) => word.trim());
    return name && driver && Number(memory) > 0 ? [{ name, memory: Number(memory), driver }] : [];
  });
}
