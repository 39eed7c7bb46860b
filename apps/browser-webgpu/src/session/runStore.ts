import type { NamedFile } from '@residual/data';
import type { CheckpointStorage } from '@residual/trainer';
import { holdOpfsFolder, opfsStorage } from '@residual/trainer/browser';
import type { SavedRun } from './session.js';

const ROOT = 'residual';
const INDEX = 'run.json';
/** Beside a run's checkpoints. */
const FILES = 'files';

interface Entry extends SavedRun {
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

  /** @returns undefined when there is none, or none that this version can read */
  async find(): Promise<Entry | undefined> {
    if (!(await this.#index.list()).includes(INDEX)) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(await this.#index.read(INDEX))) as Entry;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async keep(entry: Entry): Promise<void> {
    const old = await this.find();
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
    const old = await this.find();
    if (old === undefined) return;
    await this.#index.remove(INDEX);
    await this.#removeFolder(old.folder);
  }

  async #removeFolder(folder: string): Promise<void> {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(folder, { recursive: true });
  }
}
