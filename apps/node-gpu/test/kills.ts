import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { randomStream } from '@residual/random';
import { describe, expect, it } from 'vitest';
import { residual, residualInShell, start } from './residual.js';
import { writePng } from './stripes.js';
import { eventsOf, folder, interruptAfter, resultOf, resume, TINY, whole } from './tinyRun.js';

/** How often to kill: RESIDUAL_KILLS=20 for a thorough check, RESIDUAL_KILL_SEED=2 for other moments. */
const KILLS = Number(process.env.RESIDUAL_KILLS ?? 4);
const SEED = Number(process.env.RESIDUAL_KILL_SEED ?? 1);
const KILLS_OF_PACKING = Math.ceil(KILLS / 4);
/** For a kill to come while pictures are packed, however fast the machine is. */
const slow = { env: { NODE_OPTIONS: `--import=${new URL('slowPictures.js', import.meta.url)}` } };
const OF_PICTURES = [
  ...['--recipe', 'quick', '--model', 'resnet20', '--epochs', '1', '--batch-size', '16', '--size', '16'],
  ...['--backend', 'simd', '--threads', '1'],
];
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

  it(
    `killed ${KILLS_OF_PACKING} times while it packs pictures, and each time started again, has the result of a run that never stopped`,
    async () => {
      const data = join(folder.path, 'killed pictures');
      for (let i = 0; i < 40; i++) {
        const place = join(data, i % 10 === 0 ? 'test' : 'train', `class${i % 3}`);
        mkdirSync(place, { recursive: true });
        await writePng(join(place, `${i}.png`), i % 13);
      }
      const out = join(folder.path, 'killed packing');
      const words = (name: string) => [
        ...['train', ...OF_PICTURES, '--data', data, '--pack', join(folder.path, `${name}.pack`)],
        ...['--out', join(folder.path, name)],
      ];
      expect(await residual(words('never'))).toMatchObject({ code: 0, stderr: '' });
      const draw = randomStream({ seed: SEED, purpose: 'kills of packing' });
      for (let kill = 0; kill < KILLS_OF_PACKING; kill++) {
        const { child, outcome } = start([...words('killed packing'), '--json'], slow);
        child.stdout!.once('data', async () => {
          await wait(1000 * draw.uniform(kill)); // all pictures take half a second
          child.kill('SIGKILL');
        });
        expect((await outcome).stderr).toBe('');
        rmSync(out, { recursive: true, force: true }); // of a run that had begun
      }
      expect(await residual(words('killed packing'))).toMatchObject({ code: 0, stderr: '' });
      expect(resultOf(out)).toEqual(resultOf(join(folder.path, 'never')));
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
