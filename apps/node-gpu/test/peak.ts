import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { start } from './residual.js';

/** The most memory that `residual` held with these arguments, in bytes: on Linux, which keeps count. */
export async function peakOf(words: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const { child, outcome } = start(words, { env });
  let peak = 0;
  const timer = setInterval(() => {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
    if (found) peak = Number(found[1]) * 1024;
  }, 20);
  child.once('exit', () => clearInterval(timer));
  expect(await outcome).toMatchObject({ code: 0 });
  return peak;
}
