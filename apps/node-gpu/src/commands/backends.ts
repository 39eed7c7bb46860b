import { type BackendCandidate, type OptionValues, valuesFor } from '@residual/ops';
import { autoCandidates, type BackendOptions, candidates, givenValues } from '../backends.js';
import { print, printJson, style } from '../output.js';

export interface BackendsOptions extends Omit<BackendOptions, 'backend'> {
  json?: boolean;
}

/** Lists every backend of this build: usable or not, on what device and how, else why not and what to do. */
export async function backends({ json, ...options }: BackendsOptions): Promise<void> {
  const values = givenValues(options);
  const found = await Promise.all(candidates.map((candidate) => lookAt(candidate, values)));
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
      if (backend.onlyByName !== undefined)
        print(`${margin}${' '.repeat(12)}only by name: ${backend.onlyByName}`);
    } else {
      print(`${name}  ${style('red', 'not usable')}  ${backend.reason}`);
      print(`${margin}${' '.repeat(12)}${backend.fix}`);
    }
  }
  print();
  print(await describeAuto(values));
}

/** What `--backend auto` takes, and why not what comes before it. */
async function describeAuto(values: OptionValues): Promise<string> {
  const passedOver: string[] = [];
  for (const candidate of autoCandidates) {
    const { name } = candidate;
    const found = await candidate.probe(valuesFor(candidate, values));
    if (found.usable && found.onlyByName === undefined)
      return [...passedOver, `--backend auto takes ${style('bold', name)}.`].join('\n');
    const reason = found.usable ? found.onlyByName : found.reason;
    passedOver.push(`--backend auto does not take ${name}: ${reason}`);
  }
  return 'None can run here.';
}

async function lookAt(candidate: BackendCandidate, values: OptionValues) {
  const probe = await candidate.probe(valuesFor(candidate, values));
  if (!probe.usable || candidate.examine === undefined) return { name: candidate.name, ...probe };
  const details = { ...probe.details, ...(await candidate.examine()) };
  return { name: candidate.name, ...probe, details };
}
