import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** A package, an app or a folder of tooling. */
export interface Part {
  /** In its package.json. */
  name: string;
  /** Relative to the repository, with forward slashes. */
  folder: string;
}

/** What a word on the command line means. */
export interface FoundPart {
  /** That its tests are under, relative to the repository; a folder's ends with a slash. */
  path: string;
  /** The parts that it is in or holds. */
  names: string[];
}

export function findParts(root: string): Part[] {
  return globSync('{packages,apps,tooling}/*/package.json', { cwd: root })
    .map((path) => ({
      name: (JSON.parse(readFileSync(join(root, path), 'utf8')) as Part).name,
      folder: slashes(path).replace('/package.json', ''),
    }))
    .sort((a, b) => a.folder.localeCompare(b.folder));
}

/**
 * Finds a part by its name (`@residual/blocks`), its folder's (`blocks`), or a path from `cwd` or from `root` that is
 * in some part or holds some. Throws a {@link PartError} where there is none.
 */
export function findPart(
  word: string,
  { root, cwd, parts }: { root: string; cwd: string; parts: Part[] },
): FoundPart {
  const part = parts.find(({ name, folder }) => name === word || basename(folder) === word);
  if (part) return { path: `${part.folder}/`, names: [part.name] };
  for (const from of [cwd, root]) {
    const place = resolve(from, word);
    const path = slashes(relative(root, place));
    if (!existsSync(place) || path.startsWith('..') || isAbsolute(path)) continue;
    const names = parts
      .filter(({ folder }) => isUnder(path, folder) || isUnder(folder, path))
      .map(({ name }) => name);
    if (names.length === 0) continue;
    return { path: path !== '' && statSync(place).isDirectory() ? `${path}/` : path, names };
  }
  throw new PartError(word, parts);
}

/** There is no such part: the message lists those that there are. */
export class PartError extends Error {
  override readonly name = 'PartError';
  readonly received: string;
  readonly parts: readonly Part[];

  constructor(received: string, parts: readonly Part[]) {
    const groups = Map.groupBy(parts, ({ folder }) => folder.split('/')[0]!);
    const lists = [...groups].map(
      ([group, members]) => `  ${group.padEnd(9)} ${members.map(({ folder }) => basename(folder)).join(' ')}`,
    );
    super(
      `expected a part to test, or the path of some of its files, received ${received}. The parts are:\n${lists.join('\n')}`,
    );
    this.received = received;
    this.parts = parts;
  }
}

const slashes = (path: string) => path.replaceAll(sep, '/');
const isUnder = (path: string, folder: string) =>
  folder === '' || path === folder || path.startsWith(`${folder}/`);
