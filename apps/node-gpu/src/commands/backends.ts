import type { BackendCandidate } from '@residual/ops';
import { candidates } from '../backends.js';
import { print, printJson, style } from '../output.js';

export interface BackendsOptions {
  json?: boolean;
}

/** Lists every backend of this build: usable or not, on what device, else why not and what to do. */
export async function backends({ json }: BackendsOptions): Promise<void> {
  const found = await Promise.all(candidates.map(lookAt));
  if (json) {
    for (const backend of found) printJson(backend);
    return;
  }
  const auto = found.find((backend) => backend.usable && backend.onlyByName === undefined)?.name;
  const width = Math.max(...found.map(({ name }) => name.length));
  const margin = ' '.repeat(width + 2);
  for (const backend of found) {
    const name = style('bold', backend.name.padEnd(width));
    if (backend.usable) {
      print(`${name}  ${style('green', 'usable')}      ${backend.device}`);
      for (const [key, value] of Object.entries(backend.details ?? {}))
        print(`${margin}${' '.repeat(12)}${key}: ${value}`);
      if (backend.onlyByName !== undefined)
        print(`${margin}${' '.repeat(12)}only by name: ${backend.onlyByName}`);
    } else {
      print(`${name}  ${style('red', 'not usable')}  ${backend.reason}`);
      print(`${margin}${' '.repeat(12)}${backend.fix}`);
    }
  }
  print();
  print(auto === undefined ? 'None can run here.' : `--backend auto takes ${style('bold', auto)}.`);
}

/** What a candidate says of itself, and where it can run what a start shows. */
async function lookAt({ name, probe, examine }: BackendCandidate) {
  const found = { name, ...(await probe()) };
  if (!found.usable || examine === undefined) return found;
  return { ...found, details: { ...found.details, ...(await examine()) } };
}
