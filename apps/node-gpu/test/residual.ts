import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const task = fileURLToPath(new URL('../../../tooling/run/task.js', import.meta.url));
const command = fileURLToPath(new URL('../bin/residual.js', import.meta.url));

/** Builds the command that the tests start: the real one, not its sources. */
export async function buildCommand(): Promise<void> {
  const words = [task, 'bundle', '@residual/node-gpu...'];
  await promisify(execFile)(process.execPath, words);
}

export interface Outcome {
  /** The exit code; null after a signal. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command that runs: its process, and how it ended once it has. */
export interface Running {
  child: ChildProcess;
  outcome: Promise<Outcome>;
}

/** Starts `residual` with these arguments, in another Node where one is given. */
export function start(
  words: readonly string[],
  options: SpawnOptions = {},
  node: string = process.execPath,
): Running {
  return follow(spawn(node, [command, ...words], spawnOptions(options)));
}

/** Runs `residual` to its end. */
export function residual(
  words: readonly string[],
  options: SpawnOptions = {},
  node?: string,
): Promise<Outcome> {
  return start(words, options, node).outcome;
}

/** An environment in which a package doesn't load, as a native one on a system that it has no build for. */
export function without(name: string): NodeJS.ProcessEnv {
  const hooks = `export function resolve(name, context, next) {
    if (name === '${name}') throw new Error('it has no build');
    return next(name, context);
  }`;
  const asUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const setUp = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(hooks))});`;
  return { NODE_OPTIONS: `--import=${asUrl(setUp)}` };
}

/** Runs `residual` in bash after `setUp`, such as `ulimit -f 100`, and before `rest`, such as `| head -1`. */
export function residualInShell(
  setUp: string,
  words: readonly string[],
  options: SpawnOptions,
  rest = '',
): Promise<Outcome> {
  const script = `${setUp}\n"$0" "$@" ${rest}`;
  return follow(spawn('bash', ['-c', script, process.execPath, command, ...words], spawnOptions(options)))
    .outcome;
}

function spawnOptions(options: SpawnOptions): SpawnOptions {
  return {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
  };
}

function follow(child: ChildProcess): Running {
  const outcome = new Promise<Outcome>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, outcome };
}

/** A folder for a test's runs; `remove` it when done. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'residual-command-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
