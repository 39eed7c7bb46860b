import { cpus } from 'node:os';
import { simd } from '@residual/backend-simd';
import { tensorflow, tensorflowCandidate } from '@residual/backend-tensorflow';
import { webgpu } from '@residual/backend-webgpu/node';
import {
  type BackendCandidate,
  type BackendOption,
  OpsError,
  type OptionValue,
  type OptionValues,
  optionProblem,
  optionsOf,
  parseOption,
  type SelectedBackend,
  selectBackend,
} from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { CommandError } from './error.js';
import { oneOf } from './format.js';

/** tfjs's own backend in plain JavaScript: runs anywhere, and is far too slow to train on. */
const cpu: BackendCandidate = {
  name: 'cpu',
  options: [],
  probe: async () => ({
    usable: true,
    device: `${cpus()[0]?.model.trim() || 'CPU'}, plain JavaScript, 1 thread (very slow)`,
  }),
  load: async () => void (await import('@tensorflow/tfjs-backend-cpu')),
};

/** What this program can compute with. */
export const candidates: readonly BackendCandidate[] = [tensorflow, webgpu, simd, cpu];

/** What `auto` considers, the best first: without a GPU, TensorFlow has to be asked for. */
export const autoCandidates: readonly BackendCandidate[] = [
  tensorflowCandidate({ requireGpu: true }),
  webgpu,
  simd,
  cpu,
];

/** What can be asked of any of them. */
export const backendOptions: readonly BackendOption[] = optionsOf(candidates);

/** `tileWidth` as a flag: `--tile-width`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Which backend, and how: the part of a command's options that is about it. */
export interface BackendOptions {
  /** A name, or `auto`. */
  backend?: string;
  verbose?: boolean;
  /** A value of one of {@link backendOptions}, by its name. */
  [option: string]: unknown;
}

/** The values of backends' options among those of a command: what `config.json` keeps. */
export function givenValues(options: BackendOptions): Record<string, OptionValue> {
  const given = backendOptions.map(({ name }) => [name, options[name]] as const);
  return Object.fromEntries(given.filter((entry): entry is [string, OptionValue] => entry[1] !== undefined));
}

/** @throws CommandError `USAGE` for a text that stands for no value of the option. */
export function parseValue(option: BackendOption, text: string): OptionValue {
  try {
    return parseOption(option, text, flagOf(option.name));
  } catch (error) {
    return sayOfFlag(error);
  }
}

/**
 * Checks the values of backends' options that a file holds.
 *
 * @param where the field that holds them
 * @throws CommandError `USAGE` naming the first that is none.
 */
export function checkValues(values: OptionValues, where: string): void {
  for (const [name, value] of Object.entries(values)) {
    const option = backendOptions.find((one) => one.name === name);
    const problem = option
      ? optionProblem(option, value, `${where}.${name}`)
      : {
          where: `${where}.${name}`,
          expected: `one of ${backendOptions.map((one) => one.name).join(', ')}`,
          received: name,
          fix: 'Leave it out, or correct its name.',
        };
    if (problem !== undefined) throw new CommandError('USAGE', problem);
  }
}

/**
 * @param where what named it
 * @throws CommandError `USAGE` when there is no backend of this name
 */
export function checkBackend(name = 'auto', where = '--backend'): void {
  const names = ['auto', ...candidates.map((candidate) => candidate.name)];
  if (names.includes(name)) return;
  throw new CommandError('USAGE', {
    where,
    expected: oneOf(names),
    received: name,
    fix: '`residual backends` tells which can run here.',
  });
}

/**
 * Starts the backend asked for, or else the best that runs here.
 *
 * @throws CommandError `USAGE` for an unknown name or an option that the backend can't follow, OpsError `BACKEND` when it can't run.
 */
export async function startBackend(options: BackendOptions): Promise<SelectedBackend> {
  const { backend = 'auto', verbose } = options;
  checkBackend(backend);
  quietTensorflow(verbose);
  const values = givenValues(options);
  const selecting =
    backend === 'auto'
      ? selectBackend(autoCandidates, { values })
      : selectBackend(candidates, { require: backend, values });
  return selecting.catch(sayOfFlag);
}

/** TensorFlow.js advertises another backend on stderr, and tells of failures that the command tells better. */
export function quietTensorflow(verbose = false): void {
  if (!verbose) tf.enableProdMode();
}

/** What a backend says of an option, said of its flag. */
function sayOfFlag(cause: unknown): never {
  if (!(cause instanceof OpsError && cause.code === 'OPTION')) throw cause;
  const { expected, received, fix } = cause;
  const where = cause.where.replace(/^[a-z]\w*/, flagOf);
  throw new CommandError('USAGE', { where, expected, received, fix }, { cause });
}
