import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { models } from '@residual/models';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { measureWork } from '../src/measure.ts';
import { brief, full, oneStep } from '../src/pace.ts';
import type { PeerRow } from '../src/peerRow.ts';
import type { Work } from '../src/work.ts';

const work: Work = {
  name: 'work',
  kind: 'training',
  model: 'resnet20',
  batchSize: 8,
  slowBatchSize: 2,
  warmUpSteps: 3,
  steps: 4,
  rounds: 2,
};

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-bench-'));
  log = join(folder, 'log');
  writeFileSync(log, '');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A row whose program is fakePeer.js. */
function fake(name: string, options: object = {}, row: Partial<PeerRow> = {}): PeerRow {
  const { parameters } = models.resnet20;
  return {
    name,
    family: name,
    pace: full,
    program: ({ threads }) => ({
      command: process.execPath,
      args: [
        join(import.meta.dirname, 'fakePeer.js'),
        JSON.stringify({ name, log, parameters, threads, ...options }),
      ],
    }),
    ...row,
  };
}

it('measures in turn, and the slow ones once, by themselves', async () => {
  const rows = [fake('A'), fake('S', {}, { pace: oneStep(0), alone: true }), fake('B', { seconds: 0.5 })];
  const { results, notMeasured } = await measureWork(work, rows, { threads: 2 });
  expect(readFileSync(log, 'utf8')).toBe('A3 B3 A4 B4 A4 B4 S1 ');
  expect(notMeasured).toEqual([]);
  expect(results.map(({ peer, imagesPerSecond }) => [peer, imagesPerSecond.each])).toEqual([
    ['A', [32, 32]],
    ['B', [64, 64]],
    ['S', [2]],
  ]);
});

it('lists who is absent, ends, fails or has another network, and goes on with the others', async () => {
  const rows = [
    fake('gone', {}, { program: () => ({ absent: 'not installed' }) }),
    fake('unknown', {}, { program: () => ({ command: join(folder, 'no-such-program'), args: [] }) }),
    fake('other', { parameters: 7 }),
    fake('ends', { failAt: 2 }),
    fake('A'),
  ];
  const { results, notMeasured } = await measureWork(work, rows, { threads: 1 });
  expect(results.map(({ peer }) => peer)).toEqual(['A']);
  expect(notMeasured).toEqual([
    { peer: 'gone', reason: 'not installed' },
    { peer: 'unknown', reason: expect.stringContaining('ENOENT') },
    { peer: 'other', reason: 'its resnet20 has 7 parameters, expected 272186' },
    { peer: 'ends', reason: 'the program ended with exit code 3: MemoryError: no more' },
  ]);
});

it('compares numbers of threads where the work asks for it', async () => {
  const rows = [fake('A'), fake('B')];
  const onThreads: Work = { ...work, rounds: 1, threadCounts: (threads) => [1, threads], peers: ['A'] };
  const { results, baseline } = await measureWork(onThreads, rows, { threads: 2 });
  expect(results.map(({ peer, threads }) => [peer, threads])).toEqual([
    ['A, 1 thread', 1],
    ['A, 2 threads', 2],
  ]);
  expect(baseline).toBe('A, 1 thread');
});

it('compares peers of different networks by the rate of their multiplications', async () => {
  const rows = [fake('A', { multiplications: 4e9 }), fake('B', { multiplications: 5e9, seconds: 2 })];
  const { results } = await measureWork({ ...work, baseline: 'A' }, rows, { threads: 1 });
  expect(results.map(({ ratio, multiplications }) => [ratio, multiplications])).toEqual([
    [1, 4e9],
    [5 / 8, 5e9],
  ]);
});

it('does as the command wishes, but never asks a slow peer for more', async () => {
  const rows = [fake('A'), fake('S', {}, { pace: oneStep(1), alone: true })];
  const wishes = { threads: 1, rounds: 1, steps: 9, batchSize: 64 };
  const { results } = await measureWork(work, rows, wishes);
  expect(readFileSync(log, 'utf8')).toBe('A3 A9 S1 S1 ');
  expect(results.map(({ batchSize }) => batchSize)).toEqual([64, 2]);
});

it('asks where the time goes after the measurements, of those that are to tell', async () => {
  const rows = [fake('A', {}, { profiled: true }), fake('B')];
  const { results } = await measureWork({ ...work, rounds: 1 }, rows, { threads: 1, layers: true });
  expect(readFileSync(log, 'utf8')).toBe('A3 B3 A4 B4 A?3 ');
  expect(results.map(({ profile }) => profile?.milliseconds)).toEqual([7, undefined]);
});

it('asks a slower peer for at most three measurements of about 256 pictures', () => {
  const most = { warmUpSteps: 20, steps: 20, rounds: 7 };
  const pace = (batchSize: number) => brief({ ...work, ...most, batchSize });
  expect(pace(128)).toEqual({ batchSize: 128, warmUpSteps: 2, steps: 2, rounds: 3 });
  expect(pace(1000)).toEqual({ batchSize: 1000, warmUpSteps: 1, steps: 1, rounds: 3 });
  expect(pace(1)).toEqual({ batchSize: 1, warmUpSteps: 20, steps: 20, rounds: 3 });
});
