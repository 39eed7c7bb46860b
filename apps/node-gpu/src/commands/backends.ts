import { configureSimd } from '@residual/backend-simd';
import { type BackendOptions, candidates } from '../backends.js';
import { print, printJson, style } from '../output.js';

export interface BackendsOptions extends Omit<BackendOptions, 'backend'> {
  json?: boolean;
}

/** Lists every backend of this build: usable or not, on what device and how, else why not and what to do. */
export async function backends({ json, threads, tileWidth, convolution }: BackendsOptions): Promise<void> {
  configureSimd({ tileWidth, convolution });
  const found = await Promise.all(
    candidates.map(async (candidate) => ({ name: candidate.name, ...(await candidate.probe({ threads })) })),
  );
  if (json) {
    for (const backend of found) printJson(backend);
    return;
  }
  const auto = found.find(({ usable }) => usable)?.name;
  const width = Math.max(...found.map(({ name }) => name.length));
  const margin = ' '.repeat(width + 2);
  for (const backend of found) {
    const name = style('bold', backend.name.padEnd(width));
    if (backend.usable) {
      print(`${name}  ${style('green', 'usable')}      ${backend.device}`);
      for (const [key, value] of Object.entries(backend.details ?? {}))
        print(`${margin}${' '.repeat(12)}${key}: ${value}`);
    } else {
      print(`${name}  ${style('red', 'not usable')}  ${backend.reason}`);
      print(`${margin}${' '.repeat(12)}${backend.fix}`);
    }
  }
  print();
  print(auto === undefined ? 'None can run here.' : `--backend auto takes ${style('bold', auto)}.`);
}
