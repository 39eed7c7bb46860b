import { expect, it } from 'vitest';
import { compare, type Side, table } from '../src/comparison.ts';

const side = (name: string, tests: number[]): Side => ({
  name,
  outcomes: tests.map((test, seed) => ({ seed, epochs: 24, validation: test + 0.01, test, count: 380 })),
});

it('is within two standard errors and two points, or not', () => {
  const ours = side('ours', [0.8, 0.82, 0.84]);
  const { difference, isWithin } = compare(ours, side('theirs', [0.81, 0.83, 0.85]));
  expect(difference.mean).toBeCloseTo(-0.01, 10);
  // Each side's is the deviation 0.02 over the root of 3.
  expect(difference.standardError).toBeCloseTo(0.02 * Math.sqrt(2 / 3), 10);
  expect(isWithin).toBe(true);
  expect(compare(ours, side('theirs', [0.845, 0.825, 0.835])).isWithin).toBe(true);
  expect(compare(ours, side('far', [0.83, 0.85, 0.87])).isWithin).toBe(false); // within two errors, not two points
  expect(compare(side('a', [0.8, 0.8, 0.8]), side('b', [0.81, 0.81, 0.81])).isWithin).toBe(false);
});

it('is a table with every seed', () => {
  const [ours, theirs] = [side('Residual', [0.8, 0.82]), side('PyTorch', [0.81, 0.83])];
  expect(table(compare(ours, theirs), ours, theirs).split('\n')).toEqual([
    '| | Residual: validation | test | PyTorch: validation | test |',
    '|---|---|---|---|---|',
    '| seed 0 | 81.00 % | 80.00 % | 82.00 % | 81.00 % |',
    '| seed 1 | 83.00 % | 82.00 % | 84.00 % | 83.00 % |',
    '| mean ± standard error | | **81.00 % ± 1.00** | | **82.00 % ± 1.00** |',
    '',
    'Difference of the test accuracies (380 pictures): -1.00 points, standard error 1.41: within two standard errors and two points.',
  ]);
});
