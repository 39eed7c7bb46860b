import { type Piece, pieceSchema, validate } from '@residual/data';
import { parseRunConfig, type RunConfig, runConfigSchema } from '@residual/runs';
import * as v from 'valibot';
import { CommandError } from '../error.js';
import type { Import } from '../imports.js';
import type { WeightsPlace } from '../weights/start.js';
import { RunFolder } from './folder.js';

/** One thing with which a run goes on that was otherwise before. */
export type Change = { readonly what: string; readonly from: ChangeValue; readonly to: ChangeValue };
type ChangeValue = string | number | Piece | null;

/** A {@link Change}, and how many steps the run had taken by then. */
type RecordedChange = Change & { readonly step: number };

/** Where and with what a run was computed last: what may differ when it goes on, as far as its bits don't. */
export type Environment = {
  /** The version of the command. */
  readonly residual: string;
  /** Where the pictures come from: a row of a source. Which pictures they are says the task. */
  readonly data: Piece;
  /** Where the weights lay that it began with. Which they are says the training. */
  readonly weights?: WeightsPlace;
  readonly backend: {
    readonly name: string;
    readonly device: string;
    readonly details: Readonly<Record<string, string>>;
    /** Which of that decides bits: compared when the run goes on or is verified. Older runs have it among the details. */
    readonly arithmetic?: Readonly<Record<string, string>>;
    /** As asked for; what is left out is the backend's own choice. */
    readonly options: Readonly<Record<string, string | number>>;
  };
  readonly imports: readonly Import[];
  /** With what the run went on, and when, that was otherwise before. */
  readonly changes?: readonly RecordedChange[];
};

/** What a run folder's `config.json` holds: the run, and what it was computed with. */
export type RunSettings = RunConfig & { readonly environment: Environment };

const text = v.pipe(v.string(), v.nonEmpty());
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits in lower case'));

const backendFields = {
  name: text,
  device: v.string(),
  details: v.record(v.string(), v.string()),
  arithmetic: v.optional(v.record(v.string(), v.string())),
  options: v.record(v.string(), v.union([v.string(), v.number()])),
};
const changeValue = v.nullable(v.union([v.string(), v.number(), pieceSchema]));
const environmentFields = {
  residual: text,
  data: pieceSchema,
  weights: v.optional(v.strictObject({ path: text, model: v.optional(text) })),
  backend: v.strictObject(backendFields),
  imports: v.array(v.strictObject({ file: text, sha256 })),
  changes: v.optional(
    v.array(
      v.strictObject({
        step: v.pipe(v.number(), v.integer(), v.minValue(0)),
        what: text,
        from: changeValue,
        to: changeValue,
      }),
    ),
  ),
};
const environmentSchema = v.strictObject(environmentFields);

/**
 * What `--config` reads: a whole `config.json`, or any parts of one. It says the fields that are checked, and is what the
 * JSON Schema for editors is made of.
 */
export const configFileSchema = v.strictObject({
  $schema: v.optional(v.string()),
  version: v.optional(runConfigSchema.entries.version),
  task: v.optional(runConfigSchema.entries.task),
  training: v.optional(v.partial(runConfigSchema.entries.training)),
  environment: v.optional(
    v.partial(
      v.strictObject({
        ...environmentFields,
        backend: v.partial(v.strictObject(backendFields)),
        imports: v.array(v.strictObject({ file: text, sha256: v.optional(sha256) })),
      }),
    ),
  ),
});

/**
 * Reads a run's `config.json`.
 *
 * @throws CommandError `RUN_FOLDER` when it's no JSON, or its environment is damaged; RunsError `VERSION` for one of an older
 *   form, `OPTION` naming the field that makes no sense.
 */
export async function readSettings(folder: RunFolder): Promise<RunSettings> {
  const where = folder.file('config.json');
  const { environment, $schema: _, ...run } = parseObject(await folder.readConfig(), where);
  const config = parseRunConfig(run, where);
  const parsed = validate(v.object({ environment: environmentSchema }), { environment }, where, {
    fix: FIX,
    fail: (problem) => new CommandError('RUN_FOLDER', problem),
  });
  return { ...config, environment: parsed.environment as Environment };
}

const FIX = 'Put the file back as it was, or start a new run.';

/** @throws CommandError `RUN_FOLDER` */
function parseObject(bytes: Uint8Array, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const received = error instanceof Error ? error.message : 'something else';
    throw new CommandError('RUN_FOLDER', { where, expected: 'JSON', received, fix: FIX });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new CommandError('RUN_FOLDER', {
    where,
    expected: 'the settings of a run',
    received: 'something else',
    fix: FIX,
  });
}

export interface OpenRun {
  folder: RunFolder;
  settings: RunSettings;
}

/**
 * The run that `--run`, or another option, names, or else the newest, with its settings.
 *
 * @throws CommandError `RUN_FOLDER` when there is none; what `readSettings` throws.
 */
export async function openRun(path?: string, option = '--run'): Promise<OpenRun> {
  const folder = path === undefined ? await RunFolder.newest() : await RunFolder.open(path, option);
  return { folder, settings: await readSettings(folder) };
}
