import { configureSimd } from '@residual/backend-simd';
import type { BackendCandidate, BackendOptions as ProbeOptions } from '@residual/ops';
import { type BackendOptions, candidates } from '../backends.js';
import { print, printJson, style } from '../output.js';

export interface BackendsOptions extends Omit<BackendOptions, 'backend'> {
  json?: boolean;
}

/** Lists every backend of this build: usable or not, on what device and how, else why not and what to do. */
export async function backends({
  json,
  threads,
  gpu,
  tileWidth,
  convolution,
}: BackendsOptions): Promise<void> {
  configureSimd({ tileWidth, convolution });
  const found = await Promise.all(candidates.map((candidate) => lookAt(candidate, { threads, gpu })));
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

async function lookAt(candidate: BackendCandidate, options: ProbeOptions) {
  const probe = await candidate.probe(options);
  if (!probe.usable) return { name: candidate.name, ...probe };
  return {
    name: candidate.name,
    ...probe,
    details: { ...probe.details, ...(await candidate.examine?.()) },
  };
}
