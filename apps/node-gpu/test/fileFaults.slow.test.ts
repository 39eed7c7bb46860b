import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { evaluate } from '../src/commands/evaluate.js';
import { describeFailure } from '../src/failure.js';
import { conduct } from '../src/run/conduct.js';
import { createRunFolder, RunFolder } from '../src/run/folder.js';
import { planRun } from '../src/run/plan.js';
import { planResume } from '../src/run/recordedPlan.js';
import { type Fault, unwatchCalls, watchCalls } from './faultyCalls.js';
import { writePng } from './stripes.js';

vi.mock('node:fs', async (original) =>
  (await import('./faultyCalls.js')).watchedFileSystem(await original()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('./faultyCalls.js')).watchedPromises(await original()),
);

/** Every so manieth call of the flow is refused: 1 is all, three minutes or more. Each in one way, and the next in another. */
const STRIDE = Number(process.env.RESIDUAL_FAULT_STRIDE ?? 10);
const CODES = ['ENOSPC', 'EIO', 'EACCES', 'EPERM', 'EROFS', 'EMFILE', 'short write'];

const place = mkdtempSync(join(tmpdir(), 'residual-faults-'));
const data = join(place, 'pictures');
let runs = 0;

beforeAll(async () => {
  for (let i = 0; i < 12; i++) {
    const folder = join(data, i % 4 === 0 ? 'test' : 'train', `class${i % 3}`);
    mkdirSync(folder, { recursive: true });
    await writePng(join(folder, `${i}.png`), i);
  }
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const device = { backend: 'simd', threads: 1 } as const;

/** Packs, trains two steps, stops, goes on to the end, and judges: all that a run does with files. */
async function flow(watched: string, failing?: Fault): Promise<string[]> {
  const out = join(watched, 'run');
  watchCalls(watched, failing);
  try {
    await begin(watched);
    await goOn(out);
    await judge(out);
    return unwatchCalls();
  } catch (error) {
    unwatchCalls();
    if (failing === undefined) throw error;
    const { message } = describeFailure(error);
    expect(message, JSON.stringify(failing)).toMatch(/: expected .*, received .*\. .+\.$/);
    if (existsSync(join(out, 'config.json'))) await goOn(out);
    else await begin(watched).then(() => goOn(out));
    await judge(out);
    return [];
  }
}

async function begin(watched: string): Promise<void> {
  const options = {
    ...{ data, pack: join(watched, 'packs', 'my.pack'), out: join(watched, 'run') },
    ...{ model: 'resnet20', recipe: 'quick', size: [8, 8] as const, epochs: 1, batchSize: 4, ...device },
  };
  const plan = await planRun(options, 'test', {});
  const folder = await createRunFolder(options.out, 'quick', new Date());
  const stop = new AbortController();
  await conduct(plan, folder, {
    checkpointEvery: 1e-3,
    signal: stop.signal,
    show: ({ type }) => type === 'checkpoint' && stop.abort(),
  });
}

async function goOn(out: string): Promise<void> {
  const folder = await RunFolder.open(out, '--resume');
  const plan = await planResume(folder, { pack: join(out, '..', 'packs', 'my.pack') }, 'test', {});
  if (plan === undefined) return;
  await conduct(plan, folder, { signal: new AbortController().signal, show: () => {} });
}

async function judge(run: string): Promise<void> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await evaluate({ run, part: 'test', json: true, ...device }).finally(() => write.mockRestore());
}

const resultOf = (watched: string) => ({
  history: readFileSync(join(watched, 'run', 'history.json'), 'utf8'),
  model: readFileSync(join(watched, 'run', 'model.safetensors')),
});

it('every call of the file system, refused once: the same bits in the end, or an error that says what to do', {
  timeout: 1_800_000,
}, async () => {
  const whole = join(place, 'whole');
  const calls = await flow(whole);
  const expected = resultOf(whole);
  let count = 0;
  for (let at = 0; at < calls.length; at += STRIDE) {
    const watched = join(place, `${runs++}`);
    const what = CODES[count++ % CODES.length]!;
    await flow(watched, { at, what });
    expect(resultOf(watched), `${what} at call ${at}, ${calls[at]}`).toEqual(expected);
    rmSync(watched, { recursive: true });
  }
  console.info(`${count} of ${calls.length} calls refused`);
});
