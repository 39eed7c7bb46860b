import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Which categories a trunk learns from, and which it has never seen. */
export interface Halves {
  readonly trunk: readonly string[];
  readonly others: readonly string[];
}

/**
 * Divides categories by the number of their pictures, the largest first: every other one, from the first on, is the trunk's. Skin
 * tones of an emoji are in its category, and so in one half.
 */
export function halvesOf(counts: ReadonlyMap<string, number>): Halves {
  const names = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  return {
    trunk: names.filter((_, i) => i % 2 === 0),
    others: names.filter((_, i) => i % 2 === 1),
  };
}

/**
 * Pictures of the trunk's half that look like one of the other half: they would tell it what it must not have seen.
 *
 * @param alike Paths of pictures that look alike, of several categories: `residual data FOLDER --json` lists them.
 */
export function leaks(halves: Halves, alike: readonly (readonly string[])[]): string[] {
  const isOf = (half: readonly string[]) => (path: string) => half.includes(path.split('/')[0]!);
  return alike
    .filter((paths) => paths.some(isOf(halves.others)))
    .flatMap((paths) => paths.filter(isOf(halves.trunk)));
}

/** The categories of a set and how many pictures each has. */
export async function countCategories(set: string): Promise<Map<string, number>> {
  const entries = await readdir(set, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const counts = folders.map(async (name) => [name, (await readdir(join(set, name))).length] as const);
  return new Map(await Promise.all(counts));
}

/** Copies a half of a set to a folder, which appears when it is complete. One that is there is left alone. */
export async function copyHalf(
  set: string,
  folder: string,
  categories: readonly string[],
  leftOut: readonly string[] = [],
): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0) return;
  const incomplete = `${folder}.incomplete`;
  await rm(incomplete, { recursive: true, force: true });
  await mkdir(incomplete, { recursive: true });
  for (const name of categories)
    await cp(join(set, name), join(incomplete, name), {
      recursive: true,
      filter: (path) => !leftOut.some((left) => path === join(set, left)),
    });
  await cp(join(set, 'ATTRIBUTION.txt'), join(incomplete, 'ATTRIBUTION.txt'));
  await rename(incomplete, folder);
}
