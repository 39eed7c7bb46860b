import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { textFiles } from './files.ts';
import { importProblems } from './imports.ts';
import { longFiles } from './length.ts';
import { backendNames } from './neutrality.ts';
import { machineTraces } from './traces.ts';

// `pnpm run lint`: every check runs, each says on one line that it holds or prints what it found.
const root = join(import.meta.dirname, '..', '..');
const files = textFiles(root);

const checks: [name: string, problems: () => Promise<string[]> | string[]][] = [
  ['format and lint (biome)', () => tool('biome check --error-on-warnings .')],
  ['types (tsc)', () => tool('tsc --noEmit')],
  ['dead files, exports, dependencies (knip)', () => tool('knip --no-progress')],
  ['imports: arrows and cycles', () => importProblems(root)],
  ['shared code names no backend', () => backendNames(files)],
  ['no traces of a machine', () => machineTraces(files)],
];

let failed = 0;
// Generated code first: the type check reads it.
for (const problem of await tool('node tooling/run/task.js generate')) console.error(problem);
for (const [name, problems] of checks) {
  const start = performance.now();
  const found = await problems();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  for (const problem of found) console.log(`     ${problem.replaceAll('\n', '\n     ')}`);
  if (found.length > 0) failed++;
}
for (const long of longFiles(files)) console.log(`note ${long}`);
console.log(`lint: ${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** What a command line tool printed, if it failed. */
function tool(command: string): Promise<string[]> {
  const child = spawn(command, { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve(code === 0 ? [] : [output.trim() || `${command}: exit code ${code}`]),
    );
  });
}
