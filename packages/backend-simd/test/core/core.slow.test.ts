import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Where the sources think they are, so that they find worker.js. */
const source = pathToFileURL(join(here, '../../src/pool.ts')).href;
let folder: string;

beforeAll(async () => {
  // Inside the package, so that Node finds what stays out of the bundle.
  folder = await mkdtemp(join(here, '.bundle-'));
  await build({
    entryPoints: [join(here, 'entry.ts')],
    outfile: join(folder, 'tests.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // tfjs-core's `module` build has the tests' internals; Node's own choice would be a second copy beside it.
    mainFields: ['module', 'main'],
    conditions: ['@residual/source'],
    external: ['jasmine-core', 'node-fetch'],
    // tfjs-core calls its tests free of side effects: without this nearly all of them would be dropped.
    ignoreAnnotations: true,
    define: { 'import.meta.url': JSON.stringify(source) },
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  { name: 'on two threads', environment: { THREADS: '2' } },
  { name: 'on unshared memory, what is freed filled with NaN', environment: { THREADS: '1', POISON: '1' } },
])("passes tfjs-core's own tests, $name", { timeout: 300_000 }, async ({ environment }) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(here, 'run.cjs'), join(folder, 'tests.cjs')],
    { env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 },
  );
  const { passed, failed, failures } = JSON.parse(stdout.trim().split('\n').at(-1)!);
  expect({ failed, failures }).toEqual({ failed: 0, failures: [] });
  // tfjs's CPU backend itself passes 4,227.
  expect(passed).toBeGreaterThanOrEqual(4225);
});
