import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Side } from '../src/comparison.ts';
import { copyHalf, countCategories, halvesOf, leaks } from '../src/halves.ts';
import { conclusion, type TransferFacts, transferPage } from '../src/transferPage.ts';

const sample = join(import.meta.dirname, '..', 'sample');
const folder = await mkdtemp(join(tmpdir(), 'emoji-halves-'));
afterAll(() => rm(folder, { recursive: true }));

it('divides categories by size, every other one, and copies each half without what looks like the other', async () => {
  const counts = await countCategories(sample);
  const halves = halvesOf(counts);
  // 66, 28, 24, 20, 18, 16, 12, 10 and 6 pictures.
  expect(halves).toEqual({
    trunk: ['People & Body', 'Objects', 'Travel & Places', 'Animals & Nature', 'Activities'],
    others: ['Flags', 'Symbols', 'Smileys & Emotion', 'Food & Drink'],
  });
  expect(halvesOf(new Map([...counts].toReversed()))).toEqual(halves);

  const [first, second] = await readdir(join(sample, 'Objects'));
  const alike = [
    [`Objects/${first}`, 'Symbols/a.png'],
    [`Objects/${second}`, 'Activities/b.png'], // both of the trunk's
    ['Flags/c.png', 'Symbols/d.png'],
  ];
  const leftOut = leaks(halves, alike);
  expect(leftOut).toEqual([`Objects/${first}`]);
  const [trunk, others] = [join(folder, 'trunk'), join(folder, 'others')];
  await copyHalf(sample, trunk, halves.trunk, leftOut);
  await copyHalf(sample, others, halves.others);
  expect([...(await countCategories(trunk))].sort()).toEqual(
    halves.trunk.map((name) => [name, counts.get(name)! - (name === 'Objects' ? 1 : 0)]).sort(),
  );
  expect(await readdir(others)).toEqual(['ATTRIBUTION.txt', ...[...halves.others].sort()]);
  expect((await readdir(folder)).sort()).toEqual(['others', 'trunk']);

  await cp(join(sample, 'Flags'), join(others, 'Mine'), { recursive: true });
  await copyHalf(sample, others, halves.others); // is there already
  expect(await readdir(others)).toContain('Mine');
});

const way = (name: string, tests: number[]): Side => ({
  name,
  outcomes: tests.map((test, seed) => ({ seed, epochs: 28, validation: 0, test, count: 480 })),
});
const nothing = way("from nothing, the recipe's epochs", [0.7, 0.72, 0.74]);

it('says which start is better than none, seed by seed, and which is not', () => {
  const better = way('the head alone', [0.75, 0.78, 0.79]);
  const even = way('all layers', [0.69, 0.75, 0.73]);
  const worse = way('auto', [0.6, 0.62, 0.65]);
  expect(conclusion([better, even, worse, way('from nothing, as many epochs', [0, 0, 0]), nothing])).toBe(
    "Better than from nothing with the recipe's epochs, by more than two standard errors: the head alone. Within two standard errors of from nothing with the recipe's epochs: all layers. Worse than from nothing with the recipe's epochs, by more than two standard errors: auto.",
  );
  expect(conclusion([worse, nothing])).toBe(
    "Worse than from nothing with the recipe's epochs, by more than two standard errors: auto.",
  );
});

it('is a page with every seed', () => {
  const facts = {
    machine: 'one, Node 24',
    backend: { name: 'simd' },
    halves: { trunk: ['A'], others: ['B'] },
    counts: { A: 20, B: 10 },
    leftOut: [],
    group: '',
    shares: '20/20/60',
    trunk: { ...nothing.outcomes[0]!, sha256: '', bytes: 0, training: {} },
    trainings: {},
    ways: [way('all layers', [0.75, 0.78, 0.79]), nothing],
    kept: [],
  } satisfies TransferFacts;
  expect(transferPage(facts).split('\n').slice(8, 12)).toEqual([
    "| | epochs | seed 0 | seed 1 | seed 2 | mean ± standard error | more than from nothing, the recipe's epochs |",
    '|---|---|---|---|---|---|---|',
    '| all layers | 28 | 75.00 % | 78.00 % | 79.00 % | **77.33 % ± 1.20** | +5.33 ± 0.33 points |',
    "| from nothing, the recipe's epochs | 28 | 70.00 % | 72.00 % | 74.00 % | **72.00 % ± 1.15** |  |",
  ]);
});
