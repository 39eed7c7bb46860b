import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseSplit, type Split } from '@residual/data';
import type { CheckpointStorage, History } from '@residual/trainer';
import { fileStorage, HOLD_FILE } from '@residual/trainer/node';
import { makeFolder } from '@residual/weights/node';
import { CommandError } from '../error.js';
import { exists } from '../exists.js';

/** Where run folders go and are looked for, seen from the folder in which the command is run. */
const RUNS = 'runs';
const CONFIG = 'config.json';
const MODEL = 'model.safetensors';
const SPLIT = 'split.json';
const EVENTS = 'events.jsonl';
const CHECKPOINTS = 'checkpoint';

/** A run's folder. Each file in it is replaced as a whole or not at all, whatever happens meanwhile. */
export class RunFolder {
  /** As the user wrote it, or relative to where the command is run. */
  readonly path: string;
  readonly files: CheckpointStorage;
  readonly checkpoints: CheckpointStorage;
  readonly events: string;
  readonly #isNew: boolean;

  /** @param isNew whether the folder was made for this run */
  constructor(path: string, isNew = false) {
    this.path = path;
    this.files = fileStorage(path);
    this.checkpoints = fileStorage(join(path, CHECKPOINTS));
    this.events = join(path, EVENTS);
    this.#isNew = isNew;
  }

  /**
   * The folder of a run that exists.
   *
   * @param option the option that named it, for errors
   * @throws CommandError `RUN_FOLDER` when it isn't one.
   */
  static async open(path: string, option: string): Promise<RunFolder> {
    if (await exists(join(path, CONFIG))) {
      for (const folder of [path, join(path, CHECKPOINTS)]) await requireFiles(folder);
      return new RunFolder(path);
    }
    throw new CommandError('RUN_FOLDER', {
      where: `${option} ${path}`,
      expected: `a run folder, which holds ${CONFIG}`,
      received: (await exists(path)) ? 'a folder or file without it' : 'nothing there',
      fix: 'Give a folder that `residual train` made.',
    });
  }

  /**
   * The run in `runs` that was written to last.
   *
   * @throws CommandError `RUN_FOLDER` when there is none.
   */
  static async newest(): Promise<RunFolder> {
    const names = await readdir(RUNS).catch((): string[] => []);
    let newest: { path: string; time: number } | undefined;
    for (const path of names.map((name) => join(RUNS, name))) {
      const time = await lastWrite(path);
      if (time !== undefined && time > (newest?.time ?? Number.NEGATIVE_INFINITY)) newest = { path, time };
    }
    if (newest !== undefined) return RunFolder.open(newest.path, RUNS);
    throw new CommandError('RUN_FOLDER', {
      where: RUNS,
      expected: 'a run in this folder',
      received: 'none',
      fix: 'Make one with `residual train`, or name another place with --run.',
    });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Whether the run is over: its model is the last file written. */
  isComplete(): Promise<boolean> {
    return exists(this.file(MODEL));
  }

  readConfig(): Promise<Uint8Array> {
    return this.files.read(CONFIG);
  }

  writeConfig(config: unknown): Promise<void> {
    return this.writeJson(CONFIG, config);
  }

  /**
   * Which pictures the run has in which part; undefined where there is no such file.
   *
   * @throws DataError naming the file when it is damaged, or of another version.
   */
  async readSplit(): Promise<Split | undefined> {
    if (!(await exists(this.file(SPLIT)))) return undefined;
    const text = new TextDecoder().decode(await this.files.read(SPLIT));
    return parseSplit(text, this.file(SPLIT));
  }

  /** The epochs so far; none when the file is missing or damaged, since it's written anew from checkpoints. */
  async readHistory(): Promise<History> {
    try {
      const history: unknown = JSON.parse(new TextDecoder().decode(await this.files.read('history.json')));
      return Array.isArray(history) ? history : [];
    } catch {
      return [];
    }
  }

  /** Removes what a run has written that could not start: all there is, as nothing was there before, and the folder where it's new. */
  async discard(): Promise<void> {
    for (const name of await this.files.list()) await rm(this.file(name), { recursive: true, force: true });
    if (this.#isNew) await rmdir(this.path).catch(() => {}); // somebody else has put something there
  }

  writeSplit(split: Split): Promise<void> {
    return this.writeText(SPLIT, `${JSON.stringify(split)}\n`);
  }

  readModel(): Promise<Uint8Array> {
    return this.files.read(MODEL);
  }

  writeModel(bytes: Uint8Array): Promise<void> {
    return this.files.write(MODEL, bytes);
  }

  /** Before a complete run goes on: what it came to after so many epochs stays under a name of its own. */
  async setModelAside(epochs: number): Promise<void> {
    if (!(await this.isComplete())) return;
    await this.files.write(`model-epoch-${epochs}.safetensors`, await this.readModel());
    await this.files.remove(MODEL);
  }

  writeJson(name: string, value: unknown): Promise<void> {
    return this.writeText(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  writeText(name: string, text: string): Promise<void> {
    return this.files.write(name, new TextEncoder().encode(text));
  }
}

/**
 * Makes the folder of a new run: the one asked for, or `runs/<time>-<recipe>`.
 *
 * @throws CommandError `RUN_FOLDER` when the one asked for is in use.
 */
export async function createRunFolder(
  path: string | undefined,
  recipe: string,
  now: Date,
): Promise<RunFolder> {
  if (path !== undefined) {
    await checkUnused(path);
    return new RunFolder(path, await makeFolder(path));
  }
  // No ':' in the name: Windows does not take it.
  const base = join(RUNS, `${localTime(now)}-${recipe}`);
  await makeFolder(dirname(base));
  for (let attempt = 1; ; attempt++) {
    const candidate = attempt === 1 ? base : `${base}-${attempt}`;
    try {
      await mkdir(candidate);
      return new RunFolder(candidate, true);
    } catch (error) {
      // Another run began in the same second.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** @throws CommandError `RUN_FOLDER` when something is in the folder, or it's a file. */
export async function checkUnused(path: string, option = '--out'): Promise<void> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  // What a killed program left is nothing: half written files, which a storage doesn't list, and its hold.
  if (names.length === 0) return;
  if ((await fileStorage(path).list()).every((name) => name.startsWith(HOLD_FILE))) return;
  throw new CommandError('RUN_FOLDER', {
    where: `${option} ${path}`,
    expected: 'an empty folder, or none yet',
    received: names.includes(CONFIG) ? 'a run' : `a folder with ${names.length} files`,
    fix: names.includes(CONFIG) ? `Go on with it by --resume ${path}, or choose another.` : 'Choose another.',
  });
}

/** A pipe or a device under the name of a run's file would keep its reader waiting, or never end. @throws CommandError `RUN_FOLDER` */
async function requireFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.isFile() || found.isDirectory()) continue;
    throw new CommandError('RUN_FOLDER', {
      where: path,
      expected: 'a file or folder',
      received: 'a pipe or a device',
      fix: 'Remove it, if it is none of yours.',
    });
  }
}

/** When a run was last written to, in milliseconds; undefined for what is no run. */
async function lastWrite(path: string): Promise<number | undefined> {
  if (!(await exists(join(path, CONFIG)).catch(() => false))) return undefined; // others can be looked at
  const times = await Promise.all(
    [CONFIG, EVENTS, MODEL].map((name) =>
      stat(join(path, name))
        .then(({ mtimeMs }) => mtimeMs)
        .catch(() => 0),
    ),
  );
  return Math.max(...times);
}

/** `2026-01-31T12-00-00`, in the user's time zone. */
function localTime(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  return `${date}T${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-')}`;
}
