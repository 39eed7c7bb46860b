import { dispose, readStateDict } from '@residual/blocks';
import {
  type Checkpoint,
  type CheckpointStorage,
  checkpointName,
  digest,
  memoryStorage,
  readCheckpoint,
  type StepValue,
  stepValues,
} from '@residual/trainer';
import type { RunConfig } from './config.js';
import { computeAgain, type RunOptions } from './run.js';
import {
  type ComparedState,
  differenceOfStates,
  differenceOfValues,
  type StateDifference,
} from './verify.js';

/** One of two runs that are computed again. */
export interface PartingRun extends Pick<RunOptions, 'data' | 'weights'> {
  config: RunConfig;
  /** A checkpoint to compute from. Default: its beginning. */
  from?: Checkpoint;
  /** Where its checkpoints are. Default: nowhere. */
  kept?: CheckpointStorage;
  /** Makes the backend that computes it tfjs's. Default: that which is, for both. */
  activate?(): Promise<void>;
}

export interface PartingOptions {
  /** The last step to compute. */
  to: number;
  signal?: AbortSignal;
  /** Told after each step of either run. */
  onStep?(step: number): void;
}

/** The first thing that two runs have other bits of. */
export interface Parting {
  /** In which step, from 1; 0 before the first. */
  step: number;
  /**
   * `start`: what they are computed from. What a step computes with and computes: see `StepValue` of the trainer. Then, `update`: of a parameter, by
   * the optimizer; `statistics`: of a normalisation; `average`: of weights; `history`: the epoch's figures.
   */
  operation: 'start' | StepValue['operation'] | 'update' | 'statistics' | 'average' | 'history';
  /** The module, or the tensor, by its path; empty for what belongs to none. */
  layer: string;
  /** The first value that differs; null for sums of a loss. */
  difference: Omit<StateDifference, 'tensor'> | null;
}

/**
 * Computes two runs again, step by step, and finds the first operation of which they have other bits: in the first step after which
 * their states differ. Nothing is written. In that step what modules compute is kept until it is compared, so that it takes about twice a step's memory.
 *
 * @returns what the first run's state hashes to after the last step that was computed of it, and where the second is another; null where it isn't
 * @throws as `startRun` and `resumeRun`; the signal's reason.
 *
 * @example
 * const { parting } = await findParting({ config, data }, { config: other, data }, { to: 10 });
 * console.log(parting?.step, parting?.operation, parting?.layer); // 1 update stem.conv.weight
 */
export async function findParting(
  first: PartingRun,
  second: PartingRun,
  options: PartingOptions,
): Promise<{ sha256: string | undefined; parting: Parting | null }> {
  const begin = differenceOfStates(await startOf(first), await startOf(second));
  if (begin !== undefined) {
    const { tensor, ...difference } = begin;
    const { step = 0 } = first.from ?? {};
    return { sha256: undefined, parting: { step, operation: 'start', layer: tensor, difference } };
  }
  const hashes = new Map<number, string>();
  let sha256: string | undefined;
  let facts = first.from?.facts;
  for await (const state of statesOf(first, options)) {
    sha256 = state.sha256;
    hashes.set(state.step, sha256);
    facts ??= (await state.read(state.step)).facts;
  }
  for await (const { step, sha256: other, read } of statesOf(second, options)) {
    if (!hashes.has(step)) break; // the first run is over
    if (hashes.get(step) === other) continue;
    const after = await read(step);
    const isFirst = step === (second.from?.step ?? 0) + 1;
    const before = isFirst ? undefined : await read(step - 1); // of both
    const there = before === undefined ? second : { ...second, from: before };
    const here =
      before === undefined ? first : { ...first, from: { ...before, config: first.config, facts: facts! } };
    const { place, trained } = await firstValue(here, there, options);
    return { sha256, parting: { step, ...(place ?? (await firstTensor(here, after, trained, options))) } };
  }
  options.signal?.throwIfAborted();
  return { sha256, parting: null };
}

/** What a run is computed from. */
async function startOf(run: PartingRun): Promise<ComparedState> {
  if (run.from !== undefined) return run.from;
  await run.activate?.();
  const { model, events } = await again(run, {});
  try {
    return { model: await readStateDict(model), slots: new Map(), history: [] };
  } finally {
    await events.return();
    dispose(model);
  }
}

function again({ from, kept = memoryStorage(), ...run }: PartingRun, { signal }: Pick<RunOptions, 'signal'>) {
  return computeAgain(from, kept, {
    ...{ data: run.data, weights: from === undefined ? run.weights : undefined },
    ...{ config: run.config, everySteps: 1, keepLast: 2, signal },
  });
}

/** The states of a run after each step. The last two can be read. */
async function* statesOf(run: PartingRun, { to, signal, onStep }: PartingOptions) {
  await run.activate?.();
  const { model, events, storage } = await again(run, { signal });
  const read = (step: number) => readCheckpoint(storage, checkpointName(step));
  try {
    for await (const event of events) {
      if (event.type !== 'checkpoint') continue;
      const { step, sha256 } = event;
      onStep?.(step);
      yield { step, sha256, read };
      if (step >= to) return;
    }
    signal?.throwIfAborted();
  } finally {
    await events.return();
    dispose(model);
  }
}

type Place = Omit<Parting, 'step'>;

/** Before the step's update: where the first of its values differs, if one does; and what has a gradient. */
async function firstValue(
  first: PartingRun,
  second: PartingRun,
  { signal }: PartingOptions,
): Promise<{ place?: Place; trained: ReadonlySet<string> }> {
  const hashes: string[] = [];
  const trained = new Set<string>();
  for await (const value of valuesOf(first, signal)) {
    hashes.push(await hashOf(value));
    if (value.operation === 'gradient') trained.add(value.layer);
  }
  let at = 0;
  let received: StepValue | undefined;
  for await (const value of valuesOf(second, signal)) {
    if ((await hashOf(value)) === hashes[at]) at++;
    else {
      received = value;
      break;
    }
  }
  if (received === undefined && at === hashes.length) return { trained };
  let expected: StepValue | undefined;
  for await (const value of valuesOf(first, signal)) {
    if (at-- > 0) continue;
    expected = value;
    break;
  }
  const { operation, layer } = (received ?? expected)!;
  const difference = differenceOfValues(expected?.data, received?.data) ?? null;
  return { place: { operation, layer, difference }, trained };
}

async function* valuesOf(run: PartingRun, signal: AbortSignal | undefined) {
  await run.activate?.();
  const { model, events, options } = await again(run, { signal });
  try {
    yield* stepValues(options);
  } finally {
    await events.return();
    dispose(model);
  }
}

/** Of the name too: another network has other modules. */
async function hashOf({ operation, layer, data }: StepValue): Promise<string> {
  const { buffer, byteOffset, byteLength } = data;
  return `${operation} ${layer} ${await digest(new Uint8Array(buffer, byteOffset, byteLength))}`;
}

/** After the step's update. */
async function firstTensor(
  first: PartingRun,
  after: Checkpoint,
  trained: ReadonlySet<string>,
  options: PartingOptions,
): Promise<Place> {
  const to = after.step;
  for await (const { step, read } of statesOf(first, { ...options, to })) {
    if (step < to) continue;
    const found = differenceOfStates(await read(step), after);
    if (found === undefined) return { operation: 'history', layer: '', difference: null };
    const { tensor, ...difference } = found;
    const [, part, layer = ''] = /^(model|average|swa|slot\.\w+)\.(.*)$/s.exec(tensor) ?? [];
    return { operation: operationOf(part, trained.has(layer)), layer, difference };
  }
  throw new Error(`The run has ended before step ${to}.`);
}

/** @param part of a state; of `history` none */
function operationOf(part: string | undefined, isTrained: boolean): Parting['operation'] {
  if (part === undefined) return 'history';
  if (part === 'average' || part === 'swa') return 'average';
  return part === 'model' && !isTrained ? 'statistics' : 'update';
}
