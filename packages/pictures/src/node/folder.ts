import { compareNaturally, defineSource, type Part, type PassedOver } from '@residual/data';
import * as v from 'valibot';
import { type Files, folderFiles } from './files.js';
import { type ListedPicture, ListedPictures, type Listing } from './listed.js';
import { listingParameters, loadListing } from './listing.js';

/** How people call the folders above the classes; case does not matter. */
const PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

/** What a word for a part means; undefined for others. */
export function partOf(word: string): Part | undefined {
  const part = word.toLowerCase();
  return Object.hasOwn(PARTS, part) ? PARTS[part] : undefined;
}

/**
 * A row of the source `folder`: `path` has a folder for each class, at any depth inside which its pictures lie, and `train`,
 * `val` (`valid`, `validation`) and `test` above the classes where there are. `dataName`, where it's not the folder's name; `height`
 * and `width`, the size that pictures are stretched to. Classes and pictures are in natural order.
 *
 * @example
 * const { train, test, task, report } = await loadSource(folderSource({ path: 'photos' }));
 */
export const folderSource = defineSource({
  name: 'folder',
  parameters: v.strictObject(listingParameters),
  load: async ({ path, ...fields }, options) => {
    const files = await folderFiles(path, fields);
    return loadListing(files, await classFolders(files), fields, options);
  },
});

/** Lists the pictures of a folder for each class: a class is called as its folder is (Unicode form NFC). */
export async function classFolders(files: Files): Promise<Listing> {
  const { paths, folders, passedOver } = await files.list();
  const base = unwrapped(folders);
  const roots = partFolders(base, folders) ?? [{ folder: base, part: '' as const }];
  const rootOf = (path: string) => roots.find(({ folder }) => path.startsWith(folder));
  // A folder without a picture is a class too, which is then said to have none.
  const classFolderNames = folders.flatMap((folder) => {
    const root = rootOf(`${folder}/`);
    const name = root === undefined ? '' : folder.slice(root.folder.length);
    return name === '' || name.includes('/') ? [] : [name];
  });
  const classNames = [...new Set(classFolderNames.map((name) => name.normalize('NFC')))].sort(
    compareNaturally,
  );
  const labels = new Map(classFolderNames.map((name) => [name, classNames.indexOf(name.normalize('NFC'))]));
  const skipped: PassedOver[] = [];
  const listed = paths.filter((path) => {
    const root = rootOf(path);
    const isInClass = root !== undefined && path.includes('/', root.folder.length);
    const reason = root === undefined ? 'beside the folder train, and in no part' : 'in no folder of a class';
    if (!isInClass) skipped.push({ file: path, reason });
    return isInClass;
  });
  function* pictures(): Iterable<ListedPicture> {
    for (const path of listed) {
      const { folder, part } = rootOf(path)!;
      const className = path.slice(folder.length, path.indexOf('/', folder.length));
      yield { path, label: labels.get(className)!, part };
    }
  }
  return {
    classNames,
    pictures: new ListedPictures(listed.length, pictures()),
    passedOver: [...passedOver, ...skipped],
  };
}

/** The folder (with its `/`, or '') that holds the classes or parts: archives often have one around all. */
function unwrapped(folders: readonly string[]): string {
  let base = '';
  for (;;) {
    const inside = childrenOf(base, folders);
    const [only] = inside;
    if (inside.length !== 1 || partOf(only!) !== undefined) return base;
    const next = `${base}${only}/`;
    if (childrenOf(next, folders).length === 0) return base;
    base = next;
  }
}

/** The parts above the classes; undefined where there are none. A class may be called `train`: no folders are in it. */
function partFolders(base: string, folders: readonly string[]): { folder: string; part: Part }[] | undefined {
  const parts = childrenOf(base, folders).flatMap((name) => {
    const part = partOf(name);
    return part === undefined ? [] : [{ folder: `${base}${name}/`, part }];
  });
  const train = parts.find(({ part }) => part === 'train');
  return train !== undefined && childrenOf(train.folder, folders).length > 0 ? parts : undefined;
}

/** Names of the folders directly inside one. */
function childrenOf(base: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const name = folder.startsWith(base) ? folder.slice(base.length) : '';
    return name === '' || name.includes('/') ? [] : [name];
  });
}
