import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TextFile {
  /** Relative to the repository, with forward slashes. */
  path: string;
  text: string;
}

/** The repository's text files: what git tracks, and what it would if it were added. */
export function textFiles(root: string): TextFile[] {
  // A container's checkout may belong to another user, for whom alone git would answer.
  const words = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const list = execFileSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const files: TextFile[] = [];
  for (const path of new Set(list.split('\0'))) {
    const bytes = path === '' ? undefined : read(join(root, path));
    if (bytes !== undefined && !bytes.includes(0)) files.push({ path, text: bytes.toString('utf8') });
  }
  return files;
}

/** Undefined for a file that is deleted but still in git's index, and for a folder (a link or another repository). */
function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw error;
  }
}

/** Source that is written by hand: TypeScript and JavaScript of packages and apps, tests aside. */
export function isSource(path: string): boolean {
  return /^(packages|apps)\/[^/]+\/(src|assembly|bin)\/.*\.[jt]sx?$/.test(path) && !/\.test\.ts$/.test(path);
}
