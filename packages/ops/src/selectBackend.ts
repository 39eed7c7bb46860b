import * as tf from '@tensorflow/tfjs-core';
import { OpsError, type OpsProblem } from './error.js';

/** What a look at a backend found, without loading it. */
export type BackendProbe =
  | {
      usable: true;
      /** What it would run on, in words. */
      device: string;
      /** How it would run, by name, in words. */
      details?: Record<string, string>;
      /** Whether that is a GPU. Default false. */
      isGpu?: boolean;
      /** Why it should only be taken when it is asked for by its name. */
      onlyByName?: string;
    }
  | { usable: false /** Why not. */; reason: string /** What to do about it. */; fix: string };

/** What a backend's package exports so that an app can offer it. */
export interface BackendCandidate {
  /** The name it registers with tfjs. */
  name: string;
  /** Tells whether it can run here, with these options: in some ten milliseconds, and without becoming tfjs's backend. */
  probe(options?: BackendOptions): Promise<BackendProbe>;
  /** Starts it for a moment, and tells what only that shows. For a usable one that has more to tell than `probe`. */
  examine?(): Promise<Record<string, string>>;
  /** Makes it known to tfjs, ready for `tf.setBackend(name)`. */
  load(options?: BackendOptions): Promise<void>;
  /** Makes it work again after an error that lost its device; false where it can't. The trainer's `recover`. */
  recover?(error: unknown): Promise<boolean>;
}

export interface BackendOptions {
  /** How many threads to use, where the backend has threads. */
  threads?: number;
  /** A part of the name of the GPU to use, where the backend has a choice. */
  gpu?: string;
}

export interface SelectedBackend {
  name: string;
  device: string;
  details: Record<string, string>;
  isGpu: boolean;
  /** The candidate's own. */
  recover?: (error: unknown) => Promise<boolean>;
  /** The candidates before it, and why each was passed over. */
  passedOver: { name: string; reason: string; fix: string }[];
}

/**
 * Makes the first usable candidate tfjs's backend.
 *
 * @param candidates in order of preference
 * @param options.require the only name that will do: if it can't run, that is an error
 * @throws OpsError `BACKEND` when none can run, with each one's reason and fix.
 */
export async function selectBackend(
  candidates: readonly BackendCandidate[],
  { require, ...options }: BackendOptions & { require?: string } = {},
): Promise<SelectedBackend> {
  const considered = require === undefined ? candidates : candidates.filter(({ name }) => name === require);
  if (considered.length === 0) {
    const names = candidates.map(({ name }) => name).join(', ');
    throw new OpsError('BACKEND', {
      where: 'backend',
      expected: `one of ${names}`,
      received: require ?? 'no candidates',
      fix: 'Ask for one of them, or for none to have the first that is usable.',
    });
  }
  const passedOver: SelectedBackend['passedOver'] = [];
  for (const candidate of considered) {
    const probe = await candidate.probe(options);
    if (!probe.usable) {
      passedOver.push({ name: candidate.name, reason: probe.reason, fix: probe.fix });
      continue;
    }
    if (require === undefined && probe.onlyByName !== undefined) {
      passedOver.push({ name: candidate.name, reason: probe.onlyByName, fix: 'Ask for it by its name.' });
      continue;
    }
    const failure = await start(candidate, options);
    if (failure === undefined) {
      const { device, details = {}, isGpu = false } = probe;
      const { name, recover } = candidate;
      return { name, device, details, isGpu, ...(recover && { recover }), passedOver };
    }
    passedOver.push({ name: candidate.name, ...failure });
  }
  throw new OpsError('BACKEND', {
    where: 'backend',
    expected: 'a usable one',
    received: 'none',
    fix: passedOver.map(({ name, reason, fix }) => `${name}: ${reason} ${fix}`).join(' '),
  });
}

/**
 * What an error says of a candidate that can't run, out of the parts that the errors of `@residual` packages keep: for a
 * candidate's `probe`.
 */
export function unusable(error: unknown): BackendProbe & { usable: false } {
  const { expected, received, fix } = error as Partial<OpsProblem>;
  if (error instanceof Error && expected !== undefined && received !== undefined && fix !== undefined) {
    return { usable: false, reason: `Expected ${expected}, received ${received}.`, fix };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { usable: false, reason, fix: 'Choose another backend.' };
}

/** Loads and activates a candidate; returns why it failed, if it did. */
async function start(
  { name, load }: BackendCandidate,
  options: BackendOptions,
): Promise<{ reason: string; fix: string } | undefined> {
  try {
    await load(options);
    // A factory that throws makes setBackend return false; tfjs would go on with another backend in silence.
    if (await tf.setBackend(name)) return undefined;
    return { reason: 'Its start failed (the console has the cause).', fix: 'Choose another backend.' };
  } catch (error) {
    const { reason, fix } = unusable(error);
    return { reason, fix };
  }
}
