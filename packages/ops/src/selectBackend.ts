import * as tf from '@tensorflow/tfjs-core';
import { type Arithmetic, activeArithmetic } from './arithmetic.js';
import { type BackendOption, type OptionValues, optionProblem, optionsOf } from './backendOption.js';
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
  /** What can be asked of it. */
  readonly options: readonly BackendOption[];
  /** Tells whether it can run here, with these values of its options: in some ten milliseconds, and without becoming tfjs's backend. */
  probe(values?: OptionValues): Promise<BackendProbe>;
  /** `probe` once it is tfjs's backend, for one whose start may come to something else than was planned, such as fewer threads. */
  probeStarted?(values?: OptionValues): Promise<BackendProbe>;
  /** Starts it for a moment, and tells what only that shows. For a usable one that has more to tell than `probe`. */
  examine?(): Promise<Record<string, string>>;
  /** Makes it known to tfjs, ready for `tf.setBackend(name)`, with these values of its options. */
  load(values?: OptionValues): Promise<void>;
  /** Makes it work again after an error that lost its device; false where it can't. The trainer's `recover`. */
  recover?(error: unknown): Promise<boolean>;
}

export interface SelectedBackend {
  name: string;
  device: string;
  details: Record<string, string>;
  /** What decides the bits of its results, as it says itself now that it runs. */
  arithmetic: Arithmetic;
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
 * @param options.values of the candidates' options; each gets those that it has
 * @throws OpsError `BACKEND` when none can run, with each one's reason and fix; `OPTION` for an option that none has, a value that it
 *   can't have, and one that changes bits where the first that can run has no such option.
 */
export async function selectBackend(
  candidates: readonly BackendCandidate[],
  { require, values = {} }: { require?: string; values?: OptionValues } = {},
): Promise<SelectedBackend> {
  requireValues(candidates, values);
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
    const own = valuesFor(candidate, values);
    const probe = await candidate.probe(own);
    if (!probe.usable) {
      passedOver.push({ name: candidate.name, reason: probe.reason, fix: probe.fix });
      continue;
    }
    if (require === undefined && probe.onlyByName !== undefined) {
      passedOver.push({ name: candidate.name, reason: probe.onlyByName, fix: 'Ask for it by its name.' });
      continue;
    }
    requireSupport(candidate, candidates, values);
    const failure = await start(candidate, own);
    if (failure === undefined) {
      const started = await candidate.probeStarted?.(own);
      const { device, details = {}, isGpu = false } = started?.usable ? started : probe;
      const { name, recover } = candidate;
      return {
        ...{ name, device, details, arithmetic: activeArithmetic(), isGpu },
        ...(recover && { recover }),
        passedOver,
      };
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

function requireValues(candidates: readonly BackendCandidate[], values: OptionValues): void {
  const options = optionsOf(candidates);
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const option = options.find((one) => one.name === name);
    const known = options.map((one) => one.name).join(', ') || 'none';
    const problem: OpsProblem | undefined =
      option === undefined
        ? {
            where: name,
            expected: `an option of the backends (${known})`,
            received: String(value),
            fix: 'Leave it out.',
          }
        : optionProblem(option, value);
    if (problem !== undefined) throw new OpsError('OPTION', problem);
  }
}

/** Those of the values that are of a candidate's own options; what is undefined stays so, which takes back an earlier choice. */
export function valuesFor({ options }: BackendCandidate, values: OptionValues): OptionValues {
  const given = options.filter(({ name }) => Object.hasOwn(values, name));
  return Object.fromEntries(given.map(({ name }) => [name, values[name]]));
}

/** Other bits than those that were asked for must not come in silence. */
function requireSupport(
  { name: backend, options }: BackendCandidate,
  candidates: readonly BackendCandidate[],
  values: OptionValues,
): void {
  for (const option of optionsOf(candidates)) {
    const value = values[option.name];
    if (value === undefined || value === option.default || !option.changesBits) continue;
    if (options.some(({ name }) => name === option.name)) continue;
    const able = candidates
      .filter((one) => one.options.some(({ name }) => name === option.name))
      .map(({ name }) => name);
    throw new OpsError('OPTION', {
      where: `${option.name} ${value}`,
      expected: `a backend with this option: ${able.join(' or ')}`,
      received: backend,
      fix: `Ask for ${able.join(' or ')}, or leave the option out.`,
    });
  }
}

/**
 * What an error says of a candidate that can't run, out of the parts that the errors of `@residual` packages keep: for a
 * candidate's `probe`.
 */
export function unusable(error: unknown): BackendProbe & { usable: false } {
  const { expected, received, fix } = (error ?? {}) as Partial<OpsProblem>;
  if (expected !== undefined && received !== undefined && fix !== undefined) {
    return { usable: false, reason: `Expected ${expected}, received ${received}.`, fix };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { usable: false, reason, fix: 'Choose another backend.' };
}

/** Loads and activates a candidate; returns why it failed, if it did. */
async function start(
  { name, load }: BackendCandidate,
  values: OptionValues,
): Promise<{ reason: string; fix: string } | undefined> {
  try {
    await load(values);
    // A factory that throws makes setBackend return false; tfjs would go on with another backend in silence.
    if (await tf.setBackend(name)) return undefined;
    return { reason: 'Its start failed (the console has the cause).', fix: 'Choose another backend.' };
  } catch (error) {
    const { reason, fix } = unusable(error);
    return { reason, fix };
  }
}
