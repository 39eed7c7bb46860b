import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Piece, type Task, validate } from '@residual/data';
import type { OptionValues } from '@residual/ops';
import type { Training } from '@residual/runs';
import { checkBackend, checkValues } from '../backends.js';
import { CommandError, type CommandProblem } from '../error.js';
import type { WeightsPlace } from '../weights/start.js';
import { configFileSchema } from './settings.js';

/** What a file of `--config` says; each part may be left out. */
export interface ConfigFile {
  task?: Task;
  /** Over the recipe that it names, or that the command line does. */
  training: Partial<Training>;
  data?: Piece;
  /** What the network begins with. */
  weights?: WeightsPlace;
  backend?: string;
  /** Of the backend's options. */
  values: OptionValues;
  /** Whole paths. */
  imports: readonly string[];
}

export const noConfigFile: ConfigFile = { training: {}, values: {}, imports: [] };

/**
 * Reads a file of `--config`: a run's `config.json`, or parts of one. Its paths are relative to its own folder.
 *
 * @throws CommandError `USAGE` naming the field that can't be, or the file when it's no JSON; the system's error when it can't
 *   be read.
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const folder = dirname(resolve(file));
  const value = parseJson(await readFile(file, 'utf8'), file);
  requireVersion(value, file);
  const { task, training = {}, environment = {} } = validate(configFileSchema, value, file, refusal);
  const { data, weights, backend = {}, imports = [] } = environment;
  const { options: values = {} } = backend;
  if (backend.name !== undefined) checkBackend(backend.name, `${file}: environment.backend.name`);
  checkValues(values, `${file}: environment.backend.options`);
  return {
    task,
    training: training as Partial<Training>,
    data: data && fromFolder(data, folder),
    ...(weights && { weights: { ...weights, path: resolve(folder, weights.path) } as WeightsPlace }),
    backend: backend.name,
    values,
    imports: imports.map((one) =>
      one.file.startsWith('file:') ? fileURLToPath(one.file) : resolve(folder, one.file),
    ),
  };
}

/** Pictures lie where they do for the file that names them, wherever the command is run. What a source of the user's own calls a path may be none. */
function fromFolder(data: Piece, folder: string): Piece {
  const { path, version } = data;
  return version === undefined && typeof path === 'string' ? { ...data, path: resolve(folder, path) } : data;
}

const refusal = {
  fix: 'Correct it; --print-config shows a whole one.',
  fail: (problem: CommandProblem) => new CommandError('USAGE', problem),
};

function parseJson(text: string, where: string): object {
  const wrong = (received: string, cause?: unknown) =>
    new CommandError('USAGE', { where, expected: 'a JSON object', received, fix: refusal.fix }, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : 'something else', cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw wrong(Array.isArray(value) ? 'an array' : `${value}`);
}

/** The form before the first version said the command's version there, and a recipe at the top. */
function requireVersion(value: object, where: string): void {
  if (!('version' in value) || value.version === 1) return;
  throw new CommandError('USAGE', {
    where: `${where}: version`,
    expected: '1',
    received: JSON.stringify(value.version) ?? 'nothing',
    fix:
      typeof value.version === 'number' && value.version > 1
        ? 'Update the command to the version that wrote it.'
        : 'It is of an older form, which is no longer read: write it anew from --print-config.',
  });
}
