/** What one run came to; accuracies from 0 to 1. */
export interface Outcome {
  readonly seed: number;
  readonly epochs: number;
  /** After the last epoch. */
  readonly validation: number;
  /** Judged once. */
  readonly test: number;
  /** Test pictures. */
  readonly count: number;
}

export interface Side {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
}

export interface Estimate {
  readonly mean: number;
  /** Of the mean, over the seeds. */
  readonly standardError: number;
}

export interface Comparison {
  readonly ours: Estimate;
  readonly theirs: Estimate;
  /** Ours less theirs, of the test accuracies. */
  readonly difference: Estimate;
  /** At most two standard errors and two points apart. */
  readonly isWithin: boolean;
}

/** Compares the test accuracies of two sides. */
export function compare(ours: Side, theirs: Side): Comparison {
  const [a, b] = [ours, theirs].map(({ outcomes }) => estimate(outcomes.map(({ test }) => test)));
  const difference = {
    mean: a!.mean - b!.mean,
    standardError: Math.hypot(a!.standardError, b!.standardError),
  };
  const distance = Math.abs(difference.mean);
  const isWithin = distance <= 2 * difference.standardError && distance <= 0.02;
  return { ours: a!, theirs: b!, difference, isWithin };
}

/** The mean of values, and its standard error. */
export function estimate(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

export const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

export const spread = ({ mean, standardError }: Estimate) =>
  `${percent(mean)} ± ${(100 * standardError).toFixed(2)}`;

/** The comparison in Markdown: a row a seed, the means, and the difference. */
export function table({ ours, theirs, difference, isWithin }: Comparison, a: Side, b: Side): string {
  const rows = a.outcomes.map((outcome, i) => {
    const other = b.outcomes[i]!;
    const cells = [outcome.validation, outcome.test, other.validation, other.test].map(percent);
    return `| ${[`seed ${outcome.seed}`, ...cells].join(' | ')} |`;
  });
  const points = (100 * difference.mean).toFixed(2);
  return [
    `| | ${a.name}: validation | test | ${b.name}: validation | test |`,
    '|---|---|---|---|---|',
    ...rows,
    `| mean ± standard error | | **${spread(ours)}** | | **${spread(theirs)}** |`,
    '',
    `Difference of the test accuracies (${a.outcomes[0]!.count} pictures): ${points} points, standard error ${(100 * difference.standardError).toFixed(2)}: ` +
      `${isWithin ? 'within' : '**not** within'} two standard errors and two points.`,
  ].join('\n');
}
