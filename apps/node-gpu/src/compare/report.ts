import type { Part } from '@residual/data';
import { formatCount, formatInterval, formatLoss, formatShare } from '../format.js';
import { print } from '../output.js';
import { printTable } from '../view/table.js';
import type { Comparisons, RunFigures } from './judged.js';

/** What a comparison came to: what `--json` prints, and its folder keeps as `result.json`. */
export interface ComparisonResult extends Comparisons {
  name: string;
  claim?: string;
  part: Part;
  runs: RunFigures[];
}

/** Prints a comparison for people: the runs, then each two of them. */
export function printComparison({ claim, part, runs, pairs, means, apart }: ComparisonResult): void {
  if (claim !== undefined) print(`${claim}\n`);
  const isOfTest = part === 'test'; // that has all of it, where a run of few images has judged itself by few
  const bySeed = new Set(runs.map(({ seed }) => seed)).size > 1;
  printTable(
    [
      ['run', ...(bySeed ? ['seed'] : []), ...RUN_HEADER, ...(isOfTest ? [] : ['test'])],
      ...runs.map(({ name, seed, ...figures }) => [
        name,
        ...(bySeed ? [String(seed)] : []),
        ...runCells(figures),
        ...(isOfTest ? [] : [testCell(figures)]),
      ]),
    ],
    [0],
  );
  const counts = [...new Set(runs.map(({ count }) => count))];
  print(`\nAccuracy and loss are of the ${part} part: ${counts.map(formatCount).join(' and ')} images.`);
  if (pairs.length > 0) {
    print();
    printTable(
      [
        ['first', 'second', 'seed', ...PAIR_HEADER],
        ...pairs.map(({ first, second, seed, difference, interval, onlyFirst, onlySecond, p }) => [
          ...[first, second, String(seed), signed(difference), formatInterval(interval)],
          ...[formatCount(onlyFirst), formatCount(onlySecond), formatLoss(p)],
        ]),
      ],
      [0, 1],
    );
    print(
      '\nThe accuracy of the second less that of the first, on the same images. It may be chance where the interval has 0 inside.',
    );
  }
  for (const { first, second, seeds, mean, range } of means)
    print(
      `Over ${seeds} seeds: ${second} less ${first} ${signed(mean)}, from ${range.map(signed).join(' to ')}.`,
    );
  for (const { first, second } of apart)
    print(`Not compared pairwise, as they share no seed and pictures: ${first} and ${second}.`);
}

const RUN_HEADER = [
  ...['parameters', 'multiplications', 'epochs', 'training loss'],
  ...['accuracy', '95 % confidence', 'loss'],
];
const PAIR_HEADER = ['difference', '95 % confidence', 'first alone', 'second alone', 'McNemar p'];

function runCells(run: Omit<RunFigures, 'name' | 'seed'>): string[] {
  const { parameters, multiplications, epochs, trainLoss, accuracy, interval, loss } = run;
  return [
    ...[formatCount(parameters), formatCount(multiplications), String(epochs)],
    ...[trainLoss === null ? '-' : formatLoss(trainLoss), formatShare(accuracy)],
    ...[formatInterval(interval), formatLoss(loss)],
  ];
}

function testCell({ testAccuracy }: Pick<RunFigures, 'testAccuracy'>): string {
  return testAccuracy === null ? '-' : formatShare(testAccuracy);
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${formatShare(share)}`;
}
