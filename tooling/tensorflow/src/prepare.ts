import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diagnose, gather, setupTensorflow } from '@residual/backend-tensorflow';
import envPaths from 'env-paths';

const run = promisify(execFile);
/** The newest that was tried with tfjs-node 4.22. */
const WHEEL = 'tensorflow-cpu==2.18.1';
/** Of any Python: only its files are used. */
const TARGET = ['--python-version', '3.11', '--implementation', 'cp', '--platform', 'manylinux2014_x86_64'];

/** What a machine lacks to get TensorFlow. */
export class Lacking extends Error {
  override readonly name = 'Lacking';
}

/**
 * Gets libtensorflow for the processor from PyPI (230 MB; 650 MB unpacked) into the user's cache, and builds the addon
 * against it. Does nothing where the backend runs already.
 *
 * @throws Lacking where python3, g++ or PyPI is missing
 */
export async function prepare(say: (line: string) => void): Promise<void> {
  if (diagnose(await gather()).usable) return say('TensorFlow runs here already');
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Lacking(`Linux on x64: the wheel is for it, this is ${process.platform} on ${process.arch}`);
  }
  await need('python3', ['-m', 'pip', '--version'], 'python3 with pip');
  await need(process.env.CXX ?? 'g++', ['--version'], 'g++');
  const library = join(envPaths('residual', { suffix: '' }).cache, 'libtensorflow');
  if (!existsSync(library)) await download(library, say);
  await setupTensorflow({ library, say });
}

async function need(program: string, words: string[], name: string): Promise<void> {
  await run(program, words).catch(() => {
    throw new Lacking(name);
  });
}

async function download(library: string, say: (line: string) => void): Promise<void> {
  const parent = join(library, '..');
  await mkdir(parent, { recursive: true });
  // Complete or absent, as with a download that was stopped.
  const incomplete = await mkdtemp(join(parent, 'libtensorflow.tmp-'));
  try {
    say(`downloading ${WHEEL} from PyPI (230 MB)`);
    const words = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', ...TARGET];
    await run('python3', [...words, '--dest', incomplete, WHEEL]).catch(
      (error: Error & { stderr?: string }) => {
        const said = error.stderr?.trim().split('\n').at(-1);
        throw new Lacking(`PyPI (pip says: ${said || error.message})`);
      },
    );
    const [wheel] = (await readdir(incomplete)).filter((name) => name.endsWith('.whl'));
    await run('python3', [join(import.meta.dirname, '..', 'wheel.py'), join(incomplete, wheel!), incomplete]);
    await rename(join(incomplete, 'tensorflow'), library);
  } finally {
    await rm(incomplete, { recursive: true, force: true });
  }
}
