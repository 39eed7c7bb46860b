import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { start } from './residual.js';
import { eventsOf, folder, useCommand } from './tinyRun.js';

useCommand();

/** How many steps of a small network: 200,000 by `soak --steps 200000`, for some hours. */
const STEPS = Number(process.env.RESIDUAL_STEPS ?? 320);
/** Of an epoch, after which it validates and saves. */
const EPOCH_STEPS = STEPS >= 20_000 ? 500 : 16;
const BATCH = 4;
/** How many epochs of the recipe `quick` as it is: by `soak --epochs`, half a minute each. */
const QUICK_EPOCHS = Number(process.env.RESIDUAL_EPOCHS ?? 0);

interface Sample {
  at: number;
  step: number;
  mebibytes: number;
  files: number;
}

/** A run as it is watched: what its process held after each epoch, and how it ended. */
interface Watched {
  pid: number;
  samples: Sample[];
  outcome: ReturnType<typeof start>['outcome'];
}

/**
 * @param seen is told of each epoch
 *
 * V8's young generation stays small: left to itself it takes, of a sudden and in the second half as well, some tens of MiB more that no run holds
 * (its heap went from 61 over 95 to 160 MiB, of which 25 to 45 were in use).
 */
function watch(words: readonly string[], seen: (step: number) => void = () => {}): Watched {
  const env = { NODE_OPTIONS: '--max-semi-space-size=16' };
  const { child, outcome } = start(['train', '--json', '--recipe', 'quick', ...words], { env });
  const pid = child.pid!;
  const samples: Sample[] = [];
  createInterface(child.stdout!).on('line', (line) => {
    const step = Number(/"type":"epoch".*?"step":(\d+)/.exec(line)?.[1]);
    // The process may have ended meanwhile: then the last sample is the one before.
    if (!(step > 0) || !existsSync(`/proc/${pid}/fd`)) return;
    samples.push({ at: performance.now() / 1000, step, ...holdingsOf(pid) });
    seen(step);
  });
  return { pid, samples, outcome };
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

/**
 * Trains, and says what is left of the pace in the end: there the run is stopped now and then, a process that has just begun takes its
 * turn with the same steps, and the run goes on. So what else the machine does concerns both.
 */
async function watchToEnd(
  words: readonly string[],
  { epochs, epochSteps, allowedMebibytes }: { epochs: number; epochSteps: number; allowedMebibytes: number },
): Promise<void> {
  const out = join(folder.path, `long-${epochs}`);
  // Each turn is compared with the epochs up to the next.
  const turns = (epochs >= 40 ? [12, 8, 4] : [4]).map((before) => (epochs - before) * epochSteps);
  const fresh: { until: number; pace: number }[] = [];
  const run = watch([...words, '--epochs', `${epochs}`, '--out', out], async (step) => {
    if (!turns.includes(step)) return;
    process.kill(run.pid, 'SIGSTOP');
    const other = watch([...words, '--epochs', '3', '--out', join(folder.path, `fresh-${step}`)]);
    await other.outcome;
    fresh.push({ until: performance.now() / 1000, pace: paceOf(other.samples) });
    process.kill(run.pid, 'SIGCONT');
  });
  const { code, stdout, stderr } = await run.outcome;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { samples } = run;
  const half = samples.slice(0, Math.ceil(samples.length / 2));
  const last = samples.slice(-Math.max(2, Math.floor(samples.length / 10)));
  const ratios = fresh
    .map(({ until, pace }) => paceOf(samples.filter(({ at }) => at > until).slice(0, 3)) / pace)
    .sort((one, other) => one - other);
  console.info(
    `${samples.at(-1)!.step} steps: at most ${most(half, 'mebibytes').toFixed(0)} MiB in the first half and ` +
      `${most(last, 'mebibytes').toFixed(0)} in the last tenth, ${most(last, 'files')} open files, ` +
      `events.jsonl ${(statSync(join(out, 'events.jsonl')).size / 2 ** 20).toFixed(1)} MiB; ` +
      `in the end ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')} of the steps a second of a fresh process`,
  );
  expect(most(last, 'mebibytes')).toBeLessThan(most(half, 'mebibytes') + allowedMebibytes);
  expect(most(last, 'files')).toBeLessThanOrEqual(most(half, 'files') + 2); // of a checkpoint that is being written
  expect(readdirSync(join(out, 'checkpoint')).length).toBeLessThanOrEqual(3);
  expect(eventsOf(stdout).at(-1)).toMatchObject({ type: 'end', step: epochs * epochSteps });
  expect(ratios.length).toBe(turns.length);
}

const isWatchable = existsSync('/proc/self/fd');

it.skipIf(!isWatchable || QUICK_EPOCHS > 0)(
  `a run of ${STEPS} steps takes no more memory and no more files as it goes on (skipped where there is no /proc)`,
  { timeout: 120_000 + STEPS * 1000 },
  () =>
    watchToEnd(
      [
        ...['--model', 'resnet20', '--limit', `${BATCH * EPOCH_STEPS}`, '--batch-size', `${BATCH}`],
        ...['--backend', 'simd', '--threads', '1', '--hold-out', '0', '--checkpoint-every', '1'],
      ],
      {
        epochs: Math.ceil(STEPS / EPOCH_STEPS),
        epochSteps: EPOCH_STEPS,
        // What the heap may still take for itself after the first half: in a short run it has hardly begun to collect.
        allowedMebibytes: STEPS >= 2000 ? 48 : 256,
      },
    ),
);

it.runIf(isWatchable && QUICK_EPOCHS > 0)(
  `${QUICK_EPOCHS} epochs of the recipe take no more memory and no more files as they go on (run by soak --epochs)`,
  { timeout: 600_000 + QUICK_EPOCHS * 300_000 },
  () => watchToEnd(['--backend', 'simd'], { epochs: QUICK_EPOCHS, epochSteps: 430, allowedMebibytes: 48 }),
);
