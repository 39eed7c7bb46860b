import { type DataSplit, idxSplit, isIdxFileName, type NamedFile, type Task, taskOf } from '@residual/data';
import { defaultPictures, loadDefaultPictures } from '../defaults.js';
import { keepPictures } from './pictureCache.js';
import type { DataName, OwnPictures } from './session.js';

/** Pictures in memory, and what they teach. */
export type TaughtPictures = DataSplit & { readonly task: Task };

/** What a task calls the user's own files, whose real name nobody knows here. */
const OWN = 'own-files';

/** A packed file that holds more than this would hardly find room beside the rest. */
const MAX_BYTES = 512 * 2 ** 20;

/** The data sets there are to train on and to judge by: the page's own, and the one of the user's files. */
export class PictureSets {
  #default: Promise<TaughtPictures> | undefined;
  #own: { pictures: TaughtPictures; files: readonly NamedFile[] } | undefined;

  /** The four files of the user's own data set, as they came. None unless they were taken. */
  get ownFiles(): readonly NamedFile[] {
    return this.#own?.files ?? [];
  }

  /**
   * Takes the user's four files; those before stay when these can't be read.
   *
   * @throws DataError as `idxSplit`.
   */
  take(given: readonly NamedFile[]): OwnPictures {
    const split = idxSplit(given, { name: OWN, where: 'your files', maxBytes: MAX_BYTES });
    const { train, test } = split;
    this.#own = {
      pictures: { ...split, task: taskOf(split, { name: OWN }) },
      files: given.filter(({ name }) => isIdxFileName(name)),
    };
    const [height, width, channels] = train.shape;
    const classes = train.classNames.length;
    return { train: train.length, test: test.length, height, width, channels, classes };
  }

  async get(name: DataName): Promise<TaughtPictures> {
    if (name === defaultPictures.name) return this.#loaded();
    if (this.#own !== undefined) return this.#own.pictures;
    throw new Error('There are no pictures yet. Choose your four IDX files under “Data set”, and try again.');
  }

  /** The pictures that a network of this task can be judged by. */
  async ofTask(task: Task): Promise<TaughtPictures> {
    if (task.data.name === defaultPictures.name) return this.#loaded();
    const own = this.#own?.pictures;
    if (own !== undefined && isSameKind(own.task, task)) return own;
    const { classNames, picture } = task;
    const some = classNames.length > 13 ? [...classNames.slice(0, 12), '…'] : classNames;
    throw new Error(
      `This network has learnt other pictures than this page has, ${picture.channels === 3 ? 'in colour' : 'grey'}, of ` +
        `${classNames.length} classes: ${some.join(', ')}. To judge it, choose their four IDX files under “Data set”.`,
    );
  }

  #loaded(): Promise<TaughtPictures> {
    this.#default ??= this.#load();
    return this.#default;
  }

  async #load(): Promise<TaughtPictures> {
    try {
      const pictures = await loadDefaultPictures();
      keepPictures().catch(() => {}); // without room for them the page still works online
      return pictures;
    } catch (error) {
      this.#default = undefined; // another try may have more luck
      throw error;
    }
  }
}

/** Whether pictures of one task have the classes and the colours of another. Its steps see to their size. */
function isSameKind(own: Task, task: Task): boolean {
  return (
    own.picture.channels === task.picture.channels &&
    own.classNames.length === task.classNames.length &&
    own.classNames.every((className, i) => className === task.classNames[i])
  );
}

/** Reads those of the files that may be some of the four; of the others an error needs the names alone. */
export function readFiles(files: readonly File[]): Promise<NamedFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const content = isIdxFileName(file.name) ? await file.arrayBuffer() : new ArrayBuffer(0);
      return { name: file.name, bytes: new Uint8Array(content) };
    }),
  );
}
