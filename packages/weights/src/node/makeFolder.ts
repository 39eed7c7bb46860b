import * as nodeFileSystem from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf, type FileSystem } from './wholeFile.js';

/**
 * Makes a folder and those above it, where they aren't there. Node's own `mkdir(path, { recursive: true })` tries for ever, where a
 * file system answers that a new folder isn't there although the one above is: /proc does.
 *
 * @param options.fs default: Node's
 * @returns whether it wasn't there
 * @throws the system's error; EEXIST where there is a file of that name
 */
export async function makeFolder(
  path: string,
  { fs = nodeFileSystem }: { fs?: Pick<FileSystem, 'mkdir' | 'readdir'> } = {},
): Promise<boolean> {
  const above = dirname(resolve(path));
  try {
    await fs.mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || above === resolve(path)) return requireFolder(path, fs, error);
  }
  await makeFolder(above, { fs });
  try {
    await fs.mkdir(path);
    return true;
  } catch (error) {
    return requireFolder(path, fs, error); // another program may have been faster
  }
}

/** False for a folder that is there. @throws the error, else */
async function requireFolder(path: string, fs: Pick<FileSystem, 'readdir'>, error: unknown): Promise<false> {
  if (codeOf(error) !== 'EEXIST') throw error;
  await fs.readdir(path).catch((other: unknown) => {
    throw codeOf(other) === 'ENOTDIR' ? error : other;
  });
  return false;
}
