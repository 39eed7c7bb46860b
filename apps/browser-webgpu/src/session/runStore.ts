import type { NamedFile } from '@residual/data';
import { parseRunConfig, type RunConfig } from '@residual/runs';
import type { CheckpointStorage } from '@residual/trainer';
import { holdOpfsFolder, opfsStorage } from '@residual/trainer/browser';
import type { SavedRun } from './session.js';

const ROOT = 'residual';
const INDEX = 'run.json';
/** Beside a run's checkpoints. */
const FILES = 'files';

/** Raised when a reader of the old form would go wrong. */
export const ENTRY_VERSION = 2;

interface Entry extends SavedRun {
  version: typeof ENTRY_VERSION;
  config: RunConfig;
  /** Of its checkpoints. */
  folder: string;
  /** The names of its pictures' files; they may have found no room. */
  files: string[];
}

/**
 * The one run that is kept in the browser's own file system. A new run has a folder of its own and takes the old one's
 * place with its first checkpoint, so that at every moment a whole run is kept. Whoever writes holds it meanwhile.
 */
export class RunStore {
  readonly #index = opfsStorage(ROOT);

  /**
   * Does `work` while no other tab can write.
   *
   * @throws TrainerError `IN_USE` when another tab does.
   */
  hold<T>(work: () => Promise<T>): Promise<T> {
    return holdOpfsFolder(ROOT, work);
  }

  /** A place for the checkpoints of a new run. */
  newFolder(): string {
    return `${ROOT}-${Date.now()}`;
  }

  checkpoints(folder: string): CheckpointStorage {
    return opfsStorage(folder);
  }

  /**
   * @returns undefined when there is none, or the index is damaged
   * @throws Error for a run that another version of the page has kept; RunsError when its configuration makes no sense.
   */
  async find(): Promise<Entry | undefined> {
    const entry = await this.#read();
    if (entry === undefined) return undefined;
    if (entry.version !== ENTRY_VERSION) {
      throw new Error(
        'Another version of this page kept it, in a form that this one does not read: start a new run, which takes its place.',
      );
    }
    return { ...entry, config: parseRunConfig(entry.config, 'the saved run') };
  }

  async keep(entry: Entry): Promise<void> {
    const old = await this.#read();
    await this.#index.write(INDEX, new TextEncoder().encode(JSON.stringify(entry)));
    if (old !== undefined && old.folder !== entry.folder) await this.#removeFolder(old.folder);
  }

  /** Keeps the pictures of a run beside it. */
  async keepFiles(folder: string, files: readonly NamedFile[]): Promise<void> {
    const storage = opfsStorage(`${folder}/${FILES}`);
    const kept = await storage.list();
    for (const { name, bytes } of files) if (!kept.includes(name)) await storage.write(name, bytes);
  }

  /** @returns all of a run's files, or none */
  async files({ folder, files }: Entry): Promise<NamedFile[]> {
    const storage = opfsStorage(`${folder}/${FILES}`);
    const kept = await storage.list();
    if (!files.every((name) => kept.includes(name))) return [];
    return Promise.all(files.map(async (name) => ({ name, bytes: await storage.read(name) })));
  }

  async forget(): Promise<void> {
    const old = await this.#read();
    if (old === undefined) return;
    await this.#index.remove(INDEX);
    await this.#removeFolder(old.folder);
  }

  /** What is kept, of whatever version. */
  async #read(): Promise<Entry | undefined> {
    if (!(await this.#index.list()).includes(INDEX)) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(await this.#index.read(INDEX)));
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async #removeFolder(folder: string): Promise<void> {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(folder, { recursive: true });
  }
}
