import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { start } from './residual.js';
import { eventsOf, folder, useCommand } from './tinyRun.js';

useCommand();

/** How many steps: RESIDUAL_STEPS=200000, as `soak --steps` says, for some hours. */
const STEPS = Number(process.env.RESIDUAL_STEPS ?? 320);
const BATCH = 4;
/** Of an epoch, after which it validates and saves. */
const EPOCH_STEPS = STEPS >= 20_000 ? 500 : 16;
const EPOCHS = Math.ceil(STEPS / EPOCH_STEPS);
/** What the heap may still take for itself after the first half: in a short run it has hardly begun to collect. */
const ALLOWED_MIB = STEPS >= 2000 ? 48 : 256;

interface Sample {
  at: number;
  step: number;
  mebibytes: number;
  files: number;
}

/** What a process holds now. */
function holdingsOf(pid: number): Pick<Sample, 'mebibytes' | 'files'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]);
  return { mebibytes: kibibytes / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
}

const most = (samples: readonly Sample[], what: 'mebibytes' | 'files') =>
  Math.max(...samples.map((sample) => sample[what]));

/** Steps a second. */
function paceOf(samples: readonly Sample[]): number {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  return (last.step - first.step) / (last.at - first.at);
}

it.skipIf(!existsSync('/proc/self/fd'))(
  `a run of ${EPOCHS * EPOCH_STEPS} steps takes no more memory and no more files as it goes on (skipped where there is no /proc)`,
  { timeout: 120_000 + STEPS * 1000 },
  async () => {
    const out = join(folder.path, 'long');
    const { child, outcome } = start([
      ...['train', '--json', '--recipe', 'quick', '--model', 'resnet20', '--limit', `${BATCH * EPOCH_STEPS}`],
      ...['--batch-size', `${BATCH}`, '--epochs', `${EPOCHS}`, '--backend', 'simd', '--threads', '1'],
      ...['--hold-out', '0', '--checkpoint-every', '1', '--out', out],
    ]);
    const samples: Sample[] = [];
    child.stdout!.on('data', (text: string) => {
      const step = Number(/"type":"epoch".*?"step":(\d+)/.exec(text)?.[1]);
      // The process may have ended meanwhile: then the last sample is the one before.
      if (step > 0 && existsSync(`/proc/${child.pid}/fd`))
        samples.push({ at: performance.now() / 1000, step, ...holdingsOf(child.pid!) });
    });
    const { code, stdout, stderr } = await outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const tenth = Math.max(2, Math.floor(samples.length / 10));
    const [half, last] = [samples.slice(0, Math.ceil(samples.length / 2)), samples.slice(-tenth)];
    const [first] = [samples.slice(1, 1 + tenth)];
    console.info(
      `${samples.at(-1)!.step} steps: at most ${most(half, 'mebibytes').toFixed(0)} MiB in the first half and ` +
        `${most(last, 'mebibytes').toFixed(0)} in the last tenth, ${most(last, 'files')} open files, ` +
        `${paceOf(first!).toFixed(0)} steps a second in the first tenth and ${paceOf(last).toFixed(0)} in the last, ` +
        `events.jsonl ${(statSync(join(out, 'events.jsonl')).size / 2 ** 20).toFixed(1)} MiB`,
    );
    expect(most(last, 'mebibytes')).toBeLessThan(most(half, 'mebibytes') + ALLOWED_MIB);
    expect(most(last, 'files')).toBeLessThanOrEqual(most(half, 'files') + 2); // of a checkpoint that is being written
    expect(readdirSync(join(out, 'checkpoint')).length).toBeLessThanOrEqual(3);
    expect(eventsOf(stdout).at(-1)).toMatchObject({ type: 'end', step: EPOCHS * EPOCH_STEPS });
  },
);
