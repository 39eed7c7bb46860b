import { estimate, type Outcome, percent, type Side, spread } from './comparison.ts';
import type { Halves } from './halves.ts';

/** All that the record of a trunk and what became of it has. */
export interface TransferFacts {
  readonly machine: string;
  readonly backend: { readonly name: string };
  readonly halves: Halves;
  readonly counts: Readonly<Record<string, number>>;
  /** Pictures of the trunk's half that look like one of the others. */
  readonly leftOut: readonly string[];
  readonly group: string;
  readonly shares: string;
  readonly trunk: Outcome & { readonly sha256: string; readonly bytes: number; readonly training: object };
  readonly trainings: Readonly<Record<string, object>>;
  /** How the others were learnt, from nothing last. */
  readonly ways: readonly Side[];
  /** With `auto`, which stage each seed kept. */
  readonly kept: readonly string[];
}

/** The record as a page. */
export function transferPage(facts: TransferFacts): string {
  const { halves, counts, leftOut, trunk, shares, ways, machine, backend } = facts;
  const listed = (names: readonly string[]) => names.map((name) => `${name} (${counts[name]})`).join(', ');
  const [learn, validate, judge] = shares.split('/');
  const seeds = ways[0]!.outcomes.map(({ seed }) => `seed ${seed}`);
  return [
    '# A trunk that has learnt some emoji, on others',
    '',
    `Categories of emoji, the largest first: every other one, from the first on, is the trunk's: ${listed(halves.trunk)}. It has never seen the others: ` +
      `${listed(halves.others)}. Skin tones are in their emoji's category, and pictures of the first half that look like one of the second are left out: ${leftOut.length}.`,
    '',
    `The trunk is a ResNet-20 on 64x64, ${trunk.epochs} epochs of \`photos\` with each category equally often; it knows ${percent(trunk.test)} of ${trunk.count} test pictures, judged once. ` +
      '`@residual/pretrained` brings it along as `residual/resnet20-emoji`.',
    '',
    `Of the others, ${learn} of 100 pictures are learnt, ${validate} validate, ${judge} test: another split for each seed, with other draws, and the same for every way. Test accuracies, each judged once:`,
    '',
    `| | epochs | ${seeds.join(' | ')} | mean ± standard error | more than from nothing, the recipe's epochs |`,
    `|---|---|${seeds.map(() => '---|').join('')}---|---|`,
    ...ways.map((way) => rowOf(way, ways.at(-1)!)),
    '',
    `${conclusion(ways)} By seed, \`auto\` kept: ${facts.kept.join(', ')}.`,
    '',
    `\`node tooling/emoji/src/transfer.ts FOLDER\`, ${machine}; backend ${backend.name}. All figures and configurations: [\`record.json\`](record.json).`,
    '',
    'The pictures are Twemoji, Copyright 2020 Twitter, Inc and other contributors, since then X Corp and the contributors of https://github.com/jdecked/twemoji, CC-BY 4.0',
    "(https://creativecommons.org/licenses/by/4.0/), of npm's `emoji-datasource-twitter` 16.0.0 (https://github.com/iamcal/emoji-data, MIT licence).",
    '',
  ].join('\n');
}

function rowOf(way: Side, nothing: Side): string {
  const { name, outcomes } = way;
  const tests = outcomes.map(({ test }) => test);
  const { mean, standardError } = moreThan(way, nothing);
  const points = `${mean > 0 ? '+' : ''}${(100 * mean).toFixed(2)} ± ${(100 * standardError).toFixed(2)} points`;
  const cells = [name, `${outcomes[0]!.epochs}`, ...tests.map(percent), `**${spread(estimate(tests))}**`];
  return `| ${[...cells, way === nothing ? '' : points].join(' | ')} |`;
}

/** Seed by seed, on the same split. */
const moreThan = (way: Side, other: Side) =>
  estimate(way.outcomes.map(({ test }, i) => test - other.outcomes[i]!.test));

/** Whether the start is worth it: by two standard errors. */
export function conclusion(ways: readonly Side[]): string {
  const nothing = ways.at(-1)!;
  const begun = ways.filter(({ name }) => !name.startsWith('from nothing'));
  const difference = (way: Side) => {
    const { mean, standardError } = moreThan(way, nothing);
    return Math.abs(mean) <= 2 * standardError ? 'even' : mean > 0 ? 'wins' : 'loses';
  };
  const named = (outcome: string) =>
    begun.filter((way) => difference(way) === outcome).map(({ name }) => name);
  return (
    [
      ['wins', "Better than from nothing with the recipe's epochs, by more than two standard errors"],
      ['even', "Within two standard errors of from nothing with the recipe's epochs"],
      ['loses', "Worse than from nothing with the recipe's epochs, by more than two standard errors"],
    ] as const
  )
    .flatMap(([outcome, words]) => {
      const names = named(outcome);
      return names.length === 0 ? [] : [`${words}: ${names.join(', ')}.`];
    })
    .join(' ');
}
