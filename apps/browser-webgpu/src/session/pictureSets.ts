import { type DataSplit, idxSplit, isIdxFileName, type NamedFile } from '@residual/data';
import { classNames as fashionClassNames, fashionMnist } from '@residual/fashion-mnist';
import { keepPictures } from './pictureCache.js';
import type { DataName, OwnPictures } from './session.js';

/** The data sets there are to train on and to judge by: Fashion-MNIST, and the one of the user's own files. */
export class PictureSets {
  #fashion: Promise<DataSplit> | undefined;
  #own: { split: DataSplit; files: readonly NamedFile[] } | undefined;

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
    const split = idxSplit(given, { name: 'your files', size: [28, 28] });
    this.#own = { split, files: given.filter(({ name }) => isIdxFileName(name)) };
    return { train: split.train.length, test: split.test.length };
  }

  async get(name: DataName): Promise<DataSplit> {
    if (name === 'fashion-mnist') return this.#fashionMnist();
    if (this.#own !== undefined) return this.#own.split;
    throw new Error('There are no pictures yet. Choose your four IDX files under “Data set”, and try again.');
  }

  /** The data set that a network with these classes was trained on. */
  async ofClasses(classNames: readonly string[]): Promise<DataSplit> {
    if (String(classNames) === String(fashionClassNames)) return this.#fashionMnist();
    if (String(classNames) === String(this.#own?.split.test.classNames)) return this.#own!.split;
    throw new Error(
      `This network was trained on other pictures than Fashion-MNIST: its classes are ${classNames.join(', ')}. ` +
        'To judge it, choose their four IDX files under “Data set”.',
    );
  }

  #fashionMnist(): Promise<DataSplit> {
    this.#fashion ??= this.#loadFashionMnist();
    return this.#fashion;
  }

  async #loadFashionMnist(): Promise<DataSplit> {
    try {
      const split = await fashionMnist();
      keepPictures().catch(() => {}); // without room for them the page still works online
      return split;
    } catch (error) {
      this.#fashion = undefined; // another try may have more luck
      throw error;
    }
  }
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
