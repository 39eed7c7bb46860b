import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
let folder: string;

interface Counts {
  passed: number;
  failed: number;
  failures: { name: string; message?: string }[];
}

/** Leaves our package out: TensorFlow.js's backend as it is. */
const stock: Plugin = {
  name: 'stock',
  setup({ onLoad }) {
    onLoad({ filter: /backend-webgpu\/src\/index\.ts$/ }, () => ({ contents: '' }));
  },
};

async function bundle(outfile: string, plugins: Plugin[]): Promise<void> {
  await build({
    entryPoints: [join(here, 'entry.ts')],
    outfile,
    plugins,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // tfjs-core's `module` build has the tests' internals; Node's own choice would be a second copy beside it.
    mainFields: ['module', 'main'],
    conditions: ['@residual/source'],
    external: ['jasmine-core', 'node-fetch', 'webgpu'],
    loader: { '.wgsl': 'text' },
    // tfjs-core calls its tests free of side effects: without this nearly all of them would be dropped.
    ignoreAnnotations: true,
    logLevel: 'error',
  });
}

async function run(file: string, only: string): Promise<Counts> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(here, 'run.cjs'), join(folder, file)],
    {
      env: { ...process.env, ONLY: only },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

beforeAll(async () => {
  // Inside the package, so that Node finds what stays out of the bundle.
  folder = await mkdtemp(join(here, '.bundle-'));
  await bundle(join(folder, 'ours.cjs'), []);
  if (process.env.CORE === 'all') await bundle(join(folder, 'stock.cjs'), [stock]);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What training steps are made of: our convolutions, our use of buffers beside tfjs's own kernels, and gradients. */
const STEP =
  '^(addN|avgPool|batchNorm|concat|conv1d|conv2d|customGradient|depthwise|gradients|logSoftmax|matmul|maxPool|mean|memory|' +
  'moments|pad|pool|relu|separableConv2d|slice|softmax|sum|tidy|variable|\\w+Optimizer)';
/** TensorFlow.js's own shader takes it that no number is NaN. */
const LOSES_NAN = /^softmax .* Propagates NaNs$/;

// The whole suite takes minutes: CORE=all runs it, beside TensorFlow.js's own backend.
it("passes tfjs-core's tests of what a training step is made of", { timeout: 600_000 }, async () => {
  const { passed, failures } = await run('ours.cjs', STEP);
  expect(failures.filter(({ name }) => !LOSES_NAN.test(name))).toEqual([]);
  expect(passed).toBeGreaterThanOrEqual(767);
});

it.runIf(process.env.CORE === 'all')(
  'fails no test of tfjs-core that passes without it (all of them: with CORE=all)',
  { timeout: 3_600_000 },
  async () => {
    const ours = await run('ours.cjs', '');
    const before = await run('stock.cjs', '');
    const onlyIn = (a: Counts, b: Counts) => {
      const others = new Set(b.failures.map(({ name }) => name));
      return a.failures.filter(({ name }) => !others.has(name));
    };
    process.stdout.write(`with our kernels: ${ours.passed} passed, ${ours.failed} failed\n`);
    process.stdout.write(`without: ${before.passed} passed, ${before.failed} failed\n`);
    for (const { name } of onlyIn(before, ours)) process.stdout.write(`fails only without: ${name}\n`);
    expect(onlyIn(ours, before)).toEqual([]);
    expect(ours.passed).toBeGreaterThanOrEqual(4000);
  },
);
