import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armNodeProgram, engineProgram, nodeProgram } from '@residual/nodes';
import { run } from '@residual/packages/shell';
import { build } from 'esbuild';
import type { Job, Outcome } from '../programs/work.ts';

/** A JavaScript engine, of the machine that asks. */
export interface Engine {
  /** With its version. */
  name: string;
  work(job: Job): Promise<Outcome>;
  /** How it runs a file of JavaScript; absent in a page. */
  command?: readonly string[] | undefined;
}

const here = join(import.meta.dirname, '..');
const simdWorker = join(here, '..', '..', 'packages', 'backend-simd', 'src', 'worker.js');

/** Bundles what engines of the command line run into a folder. */
export async function bundlePrograms(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(here, 'programs', 'main.ts')],
    outfile: join(folder, 'main.js'),
    ...{ bundle: true, format: 'esm', platform: 'node', logLevel: 'error' },
    conditions: ['@residual/source', 'node', 'module'],
    // TensorFlow.js asks for Node's modules as CommonJS does.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  await copyFile(simdWorker, join(folder, 'worker.js'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
}

/** Node of a major version; without one, this Node. */
export async function node(folder: string, major?: number): Promise<Engine> {
  const program = major === undefined ? process.execPath : await nodeProgram(major);
  const version = await run(program, ['--version'], folder);
  return onCommandLine(`Node ${version.trim().slice(1)}`, [program], folder);
}

export async function bun(folder: string): Promise<Engine> {
  const program = await engineProgram('bun');
  return onCommandLine(`Bun ${(await run(program, ['--version'], folder)).trim()}`, [program], folder);
}

export async function deno(folder: string): Promise<Engine> {
  const program = await engineProgram('deno');
  const [, version] = /^deno (\S+)/.exec(await run(program, ['--version'], folder)) ?? [];
  return onCommandLine(`Deno ${version}`, [program, 'run', '--allow-all'], folder);
}

/** Where Debian's `libc6-arm64-cross` and `libstdc++6-arm64-cross` are. */
const ARM_LIBRARIES = '/usr/aarch64-linux-gnu';

/** Node for arm64 processors, translated by QEMU; ten times as slow as this Node. */
export async function armNode(folder: string): Promise<Engine> {
  const emulator = 'qemu-aarch64-static';
  const [, emulatorVersion] = /version (\d[\d.]*)/.exec(await run(emulator, ['--version'], folder)) ?? [];
  if (!existsSync(ARM_LIBRARIES))
    throw new Error(`expected the libraries of libc6-arm64-cross in ${ARM_LIBRARIES}, received nothing`);
  const words = ['-L', ARM_LIBRARIES, await armNodeProgram()];
  const version = (await run(emulator, [...words, '--version'], folder)).trim().slice(1);
  const name = `Node ${version} on arm64 (QEMU ${emulatorVersion})`;
  // Not the command itself, which would take minutes, and need sharp for arm64.
  return { ...onCommandLine(name, [emulator, ...words], folder), command: undefined };
}

let jobs = 0;

function onCommandLine(name: string, command: readonly [string, ...string[]], folder: string): Engine {
  const [program, ...words] = command;
  return {
    name,
    command,
    async work(job) {
      const [input, output] = ['job', 'outcome'].map((kind) => join(folder, `${++jobs}-${kind}.json`));
      await writeFile(input!, JSON.stringify(job));
      await run(program, [...words, join(folder, 'main.js'), input!, output!], folder);
      return JSON.parse(await readFile(output!, 'utf8'));
    },
  };
}
