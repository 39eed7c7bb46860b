import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import envPaths from 'env-paths';

const run = promisify(execFile);
const requirements = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'packages',
  'torchrun',
  'python',
  'requirements.txt',
);
/** For pip, which may have to download 200 MB. */
const MINUTES = 5;

/** What a machine lacks to run PyTorch. */
export class Lacking extends Error {
  override readonly name = 'Lacking';
}

/**
 * A Python with PyTorch: that of TORCH_PYTHON, or one in the user's cache, which pip fills from the index that it is set up for.
 *
 * On Linux the usual index has PyTorch with CUDA's libraries alone, 4 GB, and without them it can't be imported; so what is asked for
 * is its build for processors (`+cpu`), which the index of PyTorch has: PIP_EXTRA_INDEX_URL names it.
 *
 * @returns the path of its program
 * @throws Lacking where there is none, and none can be had
 */
export async function pythonWithTorch(say: (line: string) => void): Promise<string> {
  const given = process.env.TORCH_PYTHON;
  if (given !== undefined) {
    const version = await versionIn(given);
    if (version === undefined)
      throw new Lacking(`a Python with torch: TORCH_PYTHON, ${given}, can't import it`);
    say(`torch ${version} of TORCH_PYTHON`);
    return given;
  }
  const folder = join(envPaths('residual', { suffix: '' }).cache, 'torchrun-venv');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(folder)) await install(folder, say);
  const version = await versionIn(python);
  if (version === undefined) throw new Lacking(`a torch that can be imported: remove ${folder} to try again`);
  say(`torch ${version} in ${folder}`);
  return python;
}

async function install(folder: string, say: (line: string) => void): Promise<void> {
  await run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).catch(() => {
    throw new Lacking('python3, of version 3.11 or newer');
  });
  let isComplete = false;
  await mkdir(join(folder, '..'), { recursive: true });
  try {
    // Made where it stays: the programs of a venv know their place.
    await run('python3', ['-m', 'venv', folder]);
    const wanted = await packages();
    say(`installing ${wanted.join(' and ')} (at most ${MINUTES} minutes)`);
    const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
    await run(python, [...words, ...wanted], { timeout: MINUTES * 60_000 }).catch(
      (error: Error & { stderr?: string }) => {
        const said = error.stderr?.trim().split('\n').at(-1);
        throw new Lacking(
          `PyTorch for processors (pip says: ${said || error.message}). Set TORCH_PYTHON, or PIP_EXTRA_INDEX_URL to PyTorch's index for processors`,
        );
      },
    );
    isComplete = true;
  } finally {
    if (!isComplete) await rm(folder, { recursive: true, force: true });
  }
}

/** What requirements.txt asks for; on Linux without CUDA's libraries. */
async function packages(): Promise<string[]> {
  const lines = (await readFile(requirements, 'utf8')).trim().split('\n');
  if (process.platform !== 'linux' || process.arch !== 'x64') return lines;
  return lines.map((line) => line.replace(/^torch~=(.*)$/, 'torch==$1+cpu'));
}

async function versionIn(python: string): Promise<string | undefined> {
  const found = await run(python, ['-c', 'import torch; print(torch.__version__)']).catch(() => undefined);
  return found?.stdout.trim();
}
