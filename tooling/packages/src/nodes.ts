import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './shell.ts';
import { root } from './workspace.ts';

/** The Node majors that the packages promise to run on. */
export const NODE_MAJORS = [20, 22, 24];

/** A bare Node of a major version, from npm: installs nothing on the system. Kept in the repository's `.cache`. */
export async function nodeProgram(major: number): Promise<string> {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${platform}-${process.arch}`;
  const folder = join(root, '.cache', `node-${major}`);
  if (!existsSync(folder)) {
    // Complete or absent, as with a run that was stopped.
    const incomplete = `${folder}.${process.pid}.tmp`;
    await mkdir(incomplete, { recursive: true });
    await writeFile(join(incomplete, 'package.json'), '{"private":true}\n');
    await run(
      'npm',
      ['install', '--loglevel=error', '--no-audit', '--no-fund', `${name}@${major}`],
      incomplete,
    );
    await rm(folder, { recursive: true, force: true });
    await rename(incomplete, folder);
  }
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}
