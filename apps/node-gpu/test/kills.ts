import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { randomStream } from '@residual/random';
import { describe, expect, it } from 'vitest';
import { residualInShell } from './residual.js';
import { eventsOf, folder, interruptAfter, resultOf, resume, TINY, whole } from './tinyRun.js';

/** How often to kill: RESIDUAL_KILLS=20 for a thorough check, RESIDUAL_KILL_SEED=2 for other moments. */
const KILLS = Number(process.env.RESIDUAL_KILLS ?? 4);
const SEED = Number(process.env.RESIDUAL_KILL_SEED ?? 1);
/** A kill comes up to this long after an event: amid a step, a validation or the writing of a file. */
const LONGEST_WAIT_MS = 150;
const MOMENTS = ['start', 'checkpoint', 'checkpoint', 'checkpoint', 'epoch', 'end'] as const;

/** Random moments, always the same for a seed. */
function* moments() {
  const draw = randomStream({ seed: SEED, purpose: 'kills' });
  for (let i = 0; ; i += 3) {
    const type = MOMENTS[Math.floor(MOMENTS.length * draw.uniform(i))]!;
    const count = type === 'checkpoint' ? 1 + Math.floor(3 * draw.uniform(i + 1)) : 1;
    yield { type, count, milliseconds: LONGEST_WAIT_MS * draw.uniform(i + 2) };
  }
}

describe('residual train, stopped', () => {
  it(
    `killed ${KILLS} times at random moments, and each time resumed, has the result of a run that never stopped`,
    async () => {
      let kills = 0;
      let runs = 0;
      let run = join(folder.path, 'killed');
      let words = [...TINY, '--out', run];
      for (const { type, count, milliseconds } of moments()) {
        const { signal, stderr } = await interruptAfter(words, { type, count }, async ({ child }) => {
          await wait(milliseconds);
          child.kill('SIGKILL');
        });
        expect(stderr).toBe('');
        if (signal === 'SIGKILL') kills++;
        if (kills === KILLS) break;
        words = ['--resume', run];
        if (signal === 'SIGKILL') continue;
        // The run was over first: further kills need another one.
        expect(resultOf(run)).toEqual(resultOf(whole));
        run = join(folder.path, `killed-${++runs}`);
        words = [...TINY, '--out', run];
      }
      expect(await resume(run)).toMatchObject({ code: 0, stderr: '' });
      expect(resultOf(run)).toEqual(resultOf(whole));
    },
    300_000 + 60_000 * KILLS,
  );

  it('saves a checkpoint when nobody reads its output any more', async () => {
    const out = join(folder.path, 'unread');
    const words = ['train', ...TINY, '--out', out, '--json'];
    const { code, stdout, stderr } = await residualInShell('set -o pipefail', words, {}, '| head -2');
    expect({ code, lines: eventsOf(stdout).length }).toEqual({ code: 141, lines: 2 });
    expect(stderr).toContain(`residual train --resume ${out}\n`);
    expect(await resume(out)).toMatchObject({ code: 0 });
    expect(resultOf(out)).toEqual(resultOf(whole));
  });
});
