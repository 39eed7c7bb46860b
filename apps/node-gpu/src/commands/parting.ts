import { selectBackend } from '@residual/ops';
import { findParting, type Parting, type PartingRun } from '@residual/runs';
import { storedSteps } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { backendOptions, candidates, quietTensorflow } from '../backends.js';
import type { TrainOptions } from '../run/options.js';
import { planRecorded } from '../run/recordedPlan.js';
import { keptCheckpoint, savedStates } from '../run/savedStates.js';
import type { Environment, OpenRun } from '../run/settings.js';

/** Where two runs part, computed here again. */
export type ComputedParting = {
  /** The last state that both have kept, and the first that they have saved otherwise: their steps. */
  from: number;
  to: number;
} & (
  | Parting
  /** Why this machine doesn't say. */
  | { reason: string }
);

interface Options {
  version: string;
  given: Pick<TrainOptions, 'data' | 'pack' | 'import'>;
  signal: AbortSignal;
  onStep?(text: string): void;
}

/**
 * Computes two runs from the last state that both have kept to the first that they have saved otherwise, and finds the first operation of which
 * they have other bits.
 *
 * @param states the steps of the last state that is the same, and of the first that isn't
 * @throws the signal's reason
 */
export async function computeParting(
  runs: readonly [OpenRun, OpenRun],
  { same, other: to }: { same: number | null; other: number },
  { version, given, signal, onStep }: Options,
): Promise<ComputedParting> {
  const from = await commonStep(runs, same ?? 0);
  const places = { from, to };
  const changed = runs.find(({ settings }) => settings.environment.changes?.some(({ step }) => step > from));
  if (changed !== undefined)
    return { ...places, reason: `${changed.folder.path} went on with other settings than it began with.` };
  const closings: (() => Promise<void>)[] = [];
  try {
    const [first, second] = [
      await partingRun(runs[0], { from, version, given, signal }, closings),
      await partingRun(runs[1], { from, version, given, signal }, closings),
    ];
    const step = (now: number) => onStep?.(`step ${now}/${to}`);
    const { sha256, parting } = await findParting(first, second, { to, signal, onStep: step });
    return { ...places, ...(parting ?? { reason: sameHere(runs, to, sha256) }) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error && 'code' in error)) throw error; // else it tells what to do
    return { ...places, reason: error.message };
  } finally {
    for (const close of closings) await close();
  }
}

/** The last that both have kept, up to `same`; 0 is the beginning. */
async function commonStep([a, b]: readonly [OpenRun, OpenRun], same: number): Promise<number> {
  const theirs = await storedSteps(b.folder.checkpoints);
  const steps = await storedSteps(a.folder.checkpoints); // the latest first
  return steps.find((step) => step <= same && theirs.includes(step)) ?? 0;
}

async function partingRun(
  { folder, settings: before }: OpenRun,
  { from, version, given, signal }: Omit<Options, 'onStep'> & { from: number },
  closings: (() => Promise<void>)[],
): Promise<PartingRun> {
  forgetBackend();
  const plan = await planRecorded(folder, given, version, { before, isAnew: true, signal });
  const { settings, data, weights } = plan;
  if (weights !== undefined) closings.push(() => weights.named.close());
  const kept = { steps: await storedSteps(folder.checkpoints), states: savedStates(folder) };
  const { environment, ...config } = settings;
  return {
    ...{ config, data, weights, kept: folder.checkpoints },
    ...(from > 0 && { from: await keptCheckpoint(folder, from, kept) }),
    activate: () => restart(environment.backend),
  };
}

/** Starts a backend with the options that it had, and no others. */
async function restart({ name, options }: Environment['backend']): Promise<void> {
  forgetBackend();
  quietTensorflow();
  const values = Object.fromEntries(backendOptions.map((option) => [option.name, options[option.name]]));
  await selectBackend(candidates, { require: name, values });
}

/** So that the next start of a backend is one. */
function forgetBackend(): void {
  const name = tf.getBackend() as string | undefined; // undefined before the first
  const factory = name && tf.findBackendFactory(name);
  if (!name || !factory) return;
  tf.removeBackend(name);
  tf.registerBackend(name, factory);
}

function sameHere(runs: readonly [OpenRun, OpenRun], to: number, sha256: string | undefined): string {
  const isAs = runs.map(({ folder }) => savedStates(folder).get(to)?.sha256 === sha256);
  const there = runs.filter((_, i) => !isAs[i]).map(({ folder }) => folder.path);
  const here = runs.filter((_, i) => isAs[i]).map(({ folder }) => folder.path);
  return (
    `Computed here, both come to the same bits, those of ${here.join(' and ') || 'neither'}: what computed ` +
    `${there.join(' and ')} rounds otherwise than what is here. Compare them where that was computed.`
  );
}

export function partingText({ from, to, ...found }: ComputedParting): string {
  const since = from === 0 ? 'from the beginning' : `from step ${from}`;
  if ('reason' in found) return `not found, computed ${since} to step ${to}: ${found.reason}`;
  const { step, operation, layer, difference } = found;
  const values =
    difference === null || operation === 'history'
      ? ''
      : `[${difference.at}]: ${difference.expected}, ${difference.received}; ${difference.count} of ${difference.size} differ`;
  return `${step === 0 ? 'before the first step' : `in step ${step}`}, ${WORDS[operation]}${layer && ` ${layer}`}${values}`;
}

const WORDS: Readonly<Record<Parting['operation'], string>> = {
  start: 'the state',
  batch: 'the batch, labels and pictures',
  input: "the network's input",
  output: 'the output of',
  loss: 'the loss',
  'output gradient': 'the gradient of the output of',
  gradient: 'the gradient of',
  update: 'the update of',
  statistics: 'the statistics',
  average: 'the average of',
  history: "the epoch's figures",
};
