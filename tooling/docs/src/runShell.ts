import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, runProgram } from './program.ts';

const root = join(import.meta.dirname, '..', '..', '..');
/** Threads that wait for each other take the processor from the tests beside this one. */
const ALONE = ['--threads', '1'];
/** What makes a run of the README's a matter of seconds; the last of two equal options counts. */
const SHORT = ['--limit', '16', '--epochs', '1', ...ALONE];
const SHORT_RANGE = ['--limit', '32', '--steps', '3', ...ALONE];
/** Of 10,000 test pictures. */
const SHORT_PART = ['--limit', '64', ...ALONE];
/** Of those that plan their epochs themselves; they measure for a share of their minutes. */
const SHORT_PLAN = ['--minutes', '1', '--limit', '16', '--print-config', ...ALONE];
const RUNS = ['train', 'find-rate', 'evaluate', 'predict', 'summary', 'backends'];

/**
 * Runs the lines of a shell example, one after the other, in a folder that all of a document's share.
 *
 * `npx pnpm@12 train` and the command's other parts run, cut short. Of other scripts and of `npm install` it is only
 * checked that what they name exists. Throws on any other line: mark such an example `sketch`.
 */
export async function runShell(code: string, folder: string): Promise<void> {
  for (const line of code.split('\n')) {
    const words = line.replace(/(^|\s)#.*/, '').trim();
    if (words !== '') await runLine(words.split(/\s+/), folder);
  }
}

async function runLine(words: string[], folder: string): Promise<void> {
  const [program, second, script, ...args] = words;
  if (program === 'npm' && (second === 'install' || second === 'i')) {
    assertPublished(words.slice(2).filter((word) => word.startsWith('@residual/')));
  } else if (program === 'npx' && second === 'pnpm@12' && script !== undefined) {
    assertScript(script);
    if (RUNS.includes(script) || (script === 'residual' && ['log', 'figure'].includes(args[0]!)))
      await runScript([script, ...args], folder);
  } else {
    throw new Error(`not a command that can be checked: ${words.join(' ')}`);
  }
}

async function runScript([script, ...args]: string[], folder: string): Promise<void> {
  if (script === 'predict')
    copyFileSync(join(import.meta.dirname, '..', 'fixtures', 'shoe.png'), join(folder, 'shoe.png'));
  const given = args.map((word) => word.replace('runs/DIR', () => join('runs', newestRun(folder))));
  const isNewRun = script === 'train' && !given.includes('--resume') && !given.includes('--help');
  const short = given.includes('--minutes') ? SHORT_PLAN : SHORT;
  const shortened: Record<string, string[]> = { 'find-rate': SHORT_RANGE, evaluate: SHORT_PART };
  const words = [...given, ...(isNewRun ? short : (shortened[script!] ?? []))];
  const { code, stderr } = await runCommand([script!, ...words], folder);
  if (code !== 0) throw new Error(`pnpm ${[script, ...words].join(' ')}: exit code ${code}\n${stderr}`);
}

let isUpToDate = false;

/**
 * The first time as a reader runs it, by pnpm, whose script brings the command up to date. After that without pnpm and turbo, which are
 * a good part of what a short command takes.
 */
async function runCommand(words: string[], folder: string): Promise<Outcome> {
  if (isUpToDate) {
    const args = words[0] === 'residual' ? words.slice(1) : words;
    return runProgram(
      process.execPath,
      [join(root, 'apps', 'node-gpu', 'bin', 'residual.js'), ...args],
      folder,
    );
  }
  const outcome = await runProgram('pnpm', ['-C', root, ...words], folder);
  isUpToDate = outcome.code === 0;
  return outcome;
}

function newestRun(folder: string): string {
  const newest = readdirSync(join(folder, 'runs')).sort().at(-1);
  if (newest === undefined) throw new Error('runs/DIR: no earlier example has trained');
  return newest;
}

function assertScript(name: string): void {
  const { scripts } = readJson(join(root, 'package.json')) as { scripts: Record<string, string> };
  if (!(name in scripts)) throw new Error(`package.json has no script ${name}`);
}

function assertPublished(names: string[]): void {
  const published = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map(
      (entry) => readJson(join(root, group, entry, 'package.json')) as { name: string },
    ),
  );
  for (const name of names) {
    if (!published.some((manifest) => manifest.name === name)) throw new Error(`there is no package ${name}`);
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
