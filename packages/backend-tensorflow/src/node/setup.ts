import { existsSync, realpathSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { TensorflowError } from '../error.js';
import { attemptToLoad } from './attempt.js';
import { runCommand } from './command.js';
import { PACKAGES, packageFolder, type SetupRecord } from './installation.js';
import { findLibrary, type Library } from './library.js';
import { setupFolder } from './place.js';

/** The version whose sources {@link setupTensorflow} gets where the project has no tfjs-node. */
const VERSION = '4.22.0';
const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'];

export interface SetupOptions {
  /** A folder with libtensorflow and its headers: a venv with the PyPI package tensorflow or tensorflow-cpu, for instance. */
  library: string;
  /** Is told what happens. */
  say?: (line: string) => void;
}

export interface SetupResult {
  /** Path of what was built. */
  addon: string;
  /** Of TensorFlow. */
  version: string;
  usesGpu: boolean;
}

/**
 * Builds tfjs-node's native addon against a libtensorflow that is already there, into a folder of the user's cache where
 * the backend looks first. Needs g++ and, where the project has no tfjs-node, npm: its sources come from its package,
 * whose installer is not run.
 *
 * @throws TensorflowError `SETUP` on systems other than Linux, and with the first step that failed.
 */
export async function setupTensorflow({
  library: folder,
  say = () => {},
}: SetupOptions): Promise<SetupResult> {
  if (process.platform !== 'linux') {
    throw new TensorflowError('SETUP', {
      where: 'setup',
      expected: 'Linux',
      received: process.platform,
      fix: 'Elsewhere install @tensorflow/tfjs-node with Node 20 or 22; docs/backends.md of the repository tells more.',
    });
  }
  const library = findLibrary(resolve(folder));
  const target = setupFolder();
  await mkdir(target, { recursive: true });
  const source = await packageSource(target, say);
  say(`compiling the addon of ${source} against ${library.folder}`);
  // Complete or absent, also where two run at once.
  const built = join(target, `tfjs_binding.${process.pid}.tmp.node`);
  await compile(source, library, built);
  const attempt = await attemptToLoad(built);
  if (!attempt.isLoaded) {
    throw new TensorflowError('SETUP', {
      where: 'setup',
      expected: 'the addon to load',
      received: `a failure (${attempt.error.split('\n')[0]})`,
      fix: 'Use another libtensorflow, 2.9 to 2.18.',
    });
  }
  const addon = join(target, 'tfjs_binding.node');
  await rename(built, addon);
  const record: SetupRecord = { package: source, library: library.folder };
  await writeFile(join(target, 'setup.json'), `${JSON.stringify(record, null, 2)}\n`);
  return { addon, version: attempt.version, usesGpu: attempt.usesGpu };
}

/** The folder of tfjs-node's package: the project's, else one in `target`. */
async function packageSource(target: string, say: (line: string) => void): Promise<string> {
  const own = packageFolder();
  if (own !== undefined) return realpathSync(own);
  const folder = join(target, 'node_modules', ...PACKAGES[0].split('/'));
  if (!existsSync(join(folder, 'package.json'))) {
    say(`getting ${PACKAGES[0]} ${VERSION} from npm, without its installer`);
    // The union package is not loaded (see tfjsNode.ts): tfjs-core, which one file asks for by name, takes its place.
    const manifest = {
      private: true,
      dependencies: { [PACKAGES[0]]: VERSION, '@tensorflow/tfjs-core': VERSION },
      overrides: { '@tensorflow/tfjs': `npm:@tensorflow/tfjs-core@${VERSION}` },
    };
    await writeFile(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await runCommand('npm', words, { cwd: target, fix: 'npm must be able to reach its registry.' });
  }
  return folder;
}

async function compile(source: string, { folder, files, include }: Library, output: string): Promise<void> {
  const headers = dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json'));
  const words = [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
    ...[`-I${join(headers, 'include')}`, `-I${include}`],
    ...SOURCES.map((name) => join(source, 'binding', name)),
    ...['-o', output, ...files, `-Wl,-rpath,${folder}`],
  ];
  await runCommand(process.env.CXX ?? 'g++', words, {
    cwd: folder,
    fix: 'Install a C++17 compiler (Debian: apt install g++), or name it in the environment variable CXX.',
  });
}
