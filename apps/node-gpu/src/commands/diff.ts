import {
  differenceOfStates,
  differencesOf,
  type RecordDifference,
  type StateDifference,
} from '@residual/runs';
import {
  checkpointName,
  type JsonDifference,
  jsonDifferences,
  readCheckpoint,
  storedSteps,
} from '@residual/trainer';
import { EXIT } from '../failure.js';
import { Interruption, stoppable } from '../interruption.js';
import { print, printJson, remark } from '../output.js';
import { savedStates } from '../run/savedStates.js';
import { type OpenRun, openRun } from '../run/settings.js';
import { LiveLine } from '../view/liveLine.js';
import { type ComputedParting, computeParting, partingText } from './parting.js';

export interface DiffOptions {
  json?: boolean;
  /** Whether to compute both again, to find the operation. */
  compute?: boolean;
  /** The pictures of both, where they have moved. */
  data?: string;
  pack?: string;
  import?: string[];
}

/** Where two runs part. What is null is the same, or can't be compared. */
interface Parting {
  /** Of what they follow from. */
  settings: JsonDifference[];
  /** Of what computed them. */
  computed: JsonDifference[];
  /** By the hashes of the states that both have saved: the last that is the same, and the first that isn't. */
  states: { compared: number; same: number | null; other: number | null };
  /** In the first of the checkpoints that both have kept and that aren't the same. */
  tensor: ({ step: number } & StateDifference) | null;
  /** What both come to when they are computed again. */
  operation: ComputedParting | null;
  /** The first that they have recorded otherwise. */
  epoch: { epoch: number; differences: RecordDifference[] } | null;
  /** Whether their models have the same bytes; null where one has none. */
  model: boolean | null;
}

/** Tells where two runs part. Exit code 1 where they do. */
export async function diff(
  first: string,
  second: string,
  options: DiffOptions,
  version: string,
): Promise<void> {
  const runs = [await openRun(first, 'diff'), await openRun(second, 'diff')] as const;
  const parting = await partingOf(...runs);
  const isSame = !hasParted(parting);
  const { json } = options;
  if (!json) tell(parting);
  const line = process.stderr.isTTY ? new LiveLine(process.stderr) : undefined;
  const interruption = new Interruption(() => {
    line?.clear();
    remark('Stopped.');
  });
  const { signal } = interruption;
  const { same, other } = parting.states;
  if (other !== null && options.compute !== false) {
    const onStep = (text: string) => line?.show(text);
    const { data, pack, import: imports } = options;
    const computing = { version, given: { data, pack, import: imports }, signal, onStep };
    const computed = await stoppable(signal, () => computeParting(runs, { same, other }, computing)).finally(
      () => line?.clear(),
    );
    parting.operation = computed ?? null;
    if (!json && computed !== undefined) print(`operation ${partingText(computed)}`);
  }
  if (json) printJson({ type: 'diff', runs: [first, second], isSame, ...parting });
  else print(isSame ? '\nThe same, as far as both go.' : '\nThey part.');
  process.exitCode = interruption.exitCode ?? (isSame ? EXIT.ok : EXIT.failure);
}

async function partingOf(a: OpenRun, b: OpenRun): Promise<Parting> {
  const [x, y] = [a.settings, b.settings].map(({ task, training }) => ({ task, training }));
  const [here, there] = [a.settings, b.settings].map(({ environment: { residual, backend } }) => {
    const { tile: _, ...details } = backend.details as Record<string, string>; // measured anew in each run; it changes no bit
    return { residual, backend: { ...backend, details } };
  });
  return {
    settings: jsonDifferences(asJson(x), asJson(y)),
    computed: jsonDifferences(asJson(here), asJson(there)),
    states: statesOf(a, b),
    tensor: await tensorOf(a, b),
    operation: null,
    epoch: await epochOf(a, b),
    model: await modelOf(a, b),
  };
}

const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

function statesOf(a: OpenRun, b: OpenRun): Parting['states'] {
  const [first, second] = [savedStates(a.folder), savedStates(b.folder)];
  const steps = [...first.keys()].filter((step) => second.has(step)).sort((x, y) => x - y);
  const isOther = (step: number) => first.get(step)!.sha256 !== second.get(step)!.sha256;
  const other = steps.find(isOther) ?? null;
  const same = steps.findLast((step) => !isOther(step) && (other === null || step < other)) ?? null;
  return { compared: steps.length, same, other };
}

async function tensorOf({ folder: a }: OpenRun, { folder: b }: OpenRun): Promise<Parting['tensor']> {
  const theirs = await storedSteps(b.checkpoints);
  const steps = (await storedSteps(a.checkpoints)).filter((step) => theirs.includes(step)).reverse();
  for (const step of steps) {
    const name = checkpointName(step);
    const [first, second] = [
      await readCheckpoint(a.checkpoints, name),
      await readCheckpoint(b.checkpoints, name),
    ];
    const difference = differenceOfStates(first, second);
    if (difference !== undefined) return { step, ...difference };
  }
  return null;
}

async function epochOf({ folder: a }: OpenRun, { folder: b }: OpenRun): Promise<Parting['epoch']> {
  const [first, second] = [await a.readHistory(), await b.readHistory()];
  for (const [i, record] of first.entries()) {
    const differences = second[i] === undefined ? [] : differencesOf(record, second[i]);
    if (differences.length > 0) return { epoch: record.epoch, differences };
  }
  return null;
}

async function modelOf({ folder: a }: OpenRun, { folder: b }: OpenRun): Promise<boolean | null> {
  if (!(await a.isComplete()) || !(await b.isComplete())) return null;
  return Buffer.from(await a.readModel()).equals(await b.readModel());
}

/** What computed them is no difference by itself. */
function hasParted({ settings, states, tensor, epoch, model }: Parting): boolean {
  return settings.length > 0 || states.other !== null || tensor !== null || epoch !== null || model === false;
}

function tell({ settings, computed, states, tensor, epoch, model }: Parting): void {
  for (const { path, expected, received } of settings) print(`settings  ${path}: ${expected}, ${received}`);
  for (const { path, expected, received } of computed) print(`computed  ${path}: ${expected}, ${received}`);
  if (states.compared === 0) print('states    none that both have saved');
  else print(`states    ${statesText(states)}`);
  if (tensor !== null) {
    const { step, tensor: name, at, count, size, expected, received } = tensor;
    const where =
      name === 'history' ? name : `${name}[${at}]: ${expected}, ${received}; ${count} of ${size} differ`;
    print(`tensor    after step ${step}, ${where}`);
  }
  if (epoch !== null) {
    const figures = epoch.differences.map(
      ({ field, expected, received }) => `${field} ${expected ?? 'none'}, ${received ?? 'none'}`,
    );
    print(`epoch     ${epoch.epoch}: ${figures.join('; ')}`);
  }
  if (model !== null) print(`model     ${model ? 'the same, to the byte' : 'other bytes'}`);
}

function statesText({ compared, same, other }: Parting['states']): string {
  if (other === null) return `the same, ${compared} of them, up to step ${same}`;
  return `${same === null ? 'none is the same' : `the same up to step ${same}`}; others after step ${other}`;
}
