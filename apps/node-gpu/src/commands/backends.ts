import { autoCandidates, candidates } from '../backends.js';
import { print, printJson, style } from '../output.js';

export interface BackendsOptions {
  json?: boolean;
}

/** Lists every backend of this build: usable or not, on what device, else why not and what to do. */
export async function backends({ json }: BackendsOptions): Promise<void> {
  const found = await Promise.all(
    candidates.map(async (candidate) => ({ name: candidate.name, ...(await candidate.probe()) })),
  );
  if (json) {
    for (const backend of found) printJson(backend);
    return;
  }
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
  print(await describeAuto());
}

/** What `--backend auto` takes, and why not what comes before it. */
async function describeAuto(): Promise<string> {
  const passedOver: string[] = [];
  for (const { name, probe } of autoCandidates) {
    const found = await probe();
    if (found.usable) return [...passedOver, `--backend auto takes ${style('bold', name)}.`].join('\n');
    passedOver.push(`--backend auto does not take ${name}: ${found.reason}`);
  }
  return 'None can run here.';
}
