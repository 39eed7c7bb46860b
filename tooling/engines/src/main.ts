import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Report } from '@residual/packages/report';
import { run } from '@residual/packages/shell';
import type { Job, Outcome } from '../programs/work.ts';
import { armNode, bun, bundlePrograms, deno, type Engine, node } from './engine.ts';
import { chromium, firefox, webkit } from './pages.ts';

// `pnpm run test:engines`: the same bits on every JavaScript engine that npm or the system has: a run begun in one and finished in another,
// a run of the command, and the conformance suite. An engine that can't be had is skipped, with the reason.
const root = join(import.meta.dirname, '..', '..', '..');
const fixtures = pathToFileURL(join(root, 'packages', 'conformance', 'fixtures', '/')).href;
const report = new Report();
const folder = mkdtempSync(join(tmpdir(), 'residual-engines-'));
const engines: Engine[] = [];
try {
  await bundlePrograms(folder);
  const reference = await node(folder);
  await have('Node 20', () => node(folder, 20));
  await have('Node 22', () => node(folder, 22));
  await have('Node 26', () => node(folder, 26));
  await have('Bun', () => bun(folder));
  await have('Deno', () => deno(folder));
  await have('Chromium', chromium);
  await have('Firefox', firefox);
  await have('WebKit', webkit);
  await have('arm64', () => armNode(folder));
  for (const bits of ['portable', 'fastest'] as const) await checkResume(reference, bits);
  await checkCommand(reference);
  for (const engine of engines.filter(({ name }) => /^(Bun|Deno|Firefox|WebKit)/.test(name)))
    await checkConformance(engine);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(report.summary());
process.exitCode = report.failed === 0 ? 0 : 1;

/** Takes the engine in, or says why there is none. */
async function have(name: string, find: () => Promise<Engine | undefined>): Promise<void> {
  try {
    const engine = await find();
    if (engine === undefined) report.skip(name, 'there is none here');
    else engines.push(engine);
  } catch (error) {
    report.skip(
      name,
      error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error),
    );
  }
}

/** Begun in each engine and finished in the next; those whose arithmetic is another must say so. */
async function checkResume(reference: Engine, bits: Job['bits']): Promise<void> {
  const whole = await reference.work({ bits, threads: 2 });
  const all = [...engines, reference];
  for (const [i, engine] of all.entries()) {
    const before = all.at(i - 1)!;
    await report.check(`${bits} bits: begun in ${before.name}, finished in ${engine.name}`, async () => {
      const begun = await before.work({ bits, threads: 2, stopAfter: 5 });
      const finished = await engine.work({ bits, threads: 2, files: begun.files });
      const isSame = [begun, finished].every(
        (one) => one.arithmetic.multiplyAdd === whole.arithmetic.multiplyAdd,
      );
      if (bits === 'portable' && !isSame)
        throw new Error(`${JSON.stringify([begun.arithmetic, finished.arithmetic])}`);
      const isTold = begun.arithmetic.multiplyAdd !== finished.arithmetic.multiplyAdd;
      expectWarnings(finished, isTold);
      if (isSame && finished.digest !== whole.digest)
        throw new Error(`expected ${whole.digest} as in ${reference.name}, received ${finished.digest}`);
    });
  }
}

function expectWarnings({ warnings }: Outcome, isTold: boolean): void {
  const told = warnings.filter((warning) => warning.includes('multiplyAdd'));
  if (told.length !== (isTold ? 1 : 0))
    throw new Error(`expected ${isTold ? 'a' : 'no'} warning, received ${warnings}`);
}

/** `residual train`, whole: the same files. */
async function checkCommand(reference: Engine): Promise<void> {
  const expected = await filesOf(reference);
  for (const engine of engines.filter(({ command }) => command)) {
    await report.check(`residual train in ${engine.name}: history and model`, async () => {
      const received = await filesOf(engine);
      if (received !== expected)
        throw new Error(`expected ${expected} as in ${reference.name}, received ${received}`);
    });
  }
}

async function filesOf({ name, command }: Engine): Promise<string> {
  const [program, ...words] = command!;
  const out = join(folder, name);
  const residual = join(root, 'apps', 'node-gpu', 'bin', 'residual.js');
  const settings = [
    '--recipe',
    'quick',
    '--epochs',
    '1',
    '--limit',
    '128',
    '--hold-out',
    '10',
    '--batch-size',
    '32',
  ];
  const how = ['--backend', 'simd', '--threads', '2', '--bits', 'portable', '--out', out];
  await run(program!, [...words, residual, 'train', ...settings, ...how], folder);
  const hash = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(out, file)))
      .digest('hex')
      .slice(0, 16);
  return `history ${hash('history.json')}, model ${hash('model.safetensors')}`;
}

async function checkConformance(engine: Engine): Promise<void> {
  await report.check(`the conformance suite in ${engine.name}`, async () => {
    const { passed, failed } = await engine.work({ bits: 'fastest', threads: 2, conformance: fixtures });
    if (failed.length > 0 || passed === 0) throw new Error(`${passed} passed\n${failed.join('\n')}`);
  });
}
