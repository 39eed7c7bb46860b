import { parseArgs } from 'node:util';
import { campaign, type Result } from './campaign.ts';
import { parsers } from './parser.ts';

const HELP = `Usage: pnpm fuzz [PARSER...] [--minutes N | --seconds N] [--seed N] [--commit]

Feeds parsers with damaged and invented files, guided by the branches of their code that these reach. Each input is read or refused by
an error that says where, what was expected, what was received and what to do, within a second of processor time, and leaves no memory behind;
anything else is a finding, kept in tooling/fuzz/.cache/findings. What reaches new branches is kept in tooling/fuzz/.cache and is
where the next call begins.

  PARSER       ${parsers
    .map(({ name }) => name)
    .join(', ')
    .replace(/(.{60,90}) /g, '$1\n               ')}; default: all
  --minutes N  for each parser; default: 1. --seconds N says the same in seconds
  --total N    seconds for all of them together
  --seed N     other mutations; default: the time
  --commit     the few inputs that reach all branches replace those of tooling/fuzz/corpus
  --missed     prints the branches that nothing reached

`;

const [TEXT, FLAG] = [{ type: 'string' }, { type: 'boolean' }] as const;
const OPTIONS = {
  minutes: TEXT,
  seconds: TEXT,
  total: TEXT,
  seed: TEXT,
  commit: FLAG,
  missed: FLAG,
  help: FLAG,
};
type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

process.exitCode = await main();

async function main(): Promise<number> {
  const words = process.argv.slice(2).filter((word, i) => word !== '--' || i > 0);
  let values: Values;
  let names: string[];
  let numbers: { seconds: number; seed: number };
  try {
    ({ values, positionals: names } = parseArgs({ args: words, options: OPTIONS, allowPositionals: true }));
    const unknown = names.find((name) => !parsers.some((parser) => parser.name === name));
    if (unknown !== undefined) throw new Error(`${unknown}: expected a parser's name.`);
    const each = names.length || parsers.length;
    const seconds = values.total
      ? number(values, 'total') / each
      : values.seconds
        ? number(values, 'seconds')
        : 60 * number(values, 'minutes', 1);
    numbers = { seconds, seed: number(values, 'seed', Date.now() % 2 ** 31) };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  let findings = 0;
  process.stdout.write(
    `Seed ${numbers.seed}.\n| parser | inputs | branches reached | of |\n| --- | ---: | ---: | ---: |\n`,
  );
  for (const parser of parsers.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const result = await campaign(parser, { ...numbers, commit: values.commit });
    process.stdout.write(rowOf(result));
    if (values.missed)
      for (const { file, line, kind } of result.missed) process.stdout.write(`  ${file}:${line} ${kind}\n`);
    for (const { what, detail, file } of result.findings)
      process.stdout.write(`FOUND ${what}\n  ${file}\n  ${detail}\n`);
    findings += result.findings.length;
  }
  process.stdout.write(`\n${findings} findings.\n`);
  return findings === 0 ? 0 : 1;
}

function rowOf({ parser, executions, branches, missed }: Result): string {
  const share = branches.length === 0 ? '' : `${(100 * (1 - missed.length / branches.length)).toFixed(1)} %`;
  return `| ${parser} | ${executions.toLocaleString('en-GB')} | ${share} | ${branches.length} |\n`;
}

function number(values: Values, name: 'minutes' | 'seconds' | 'total' | 'seed', otherwise?: number): number {
  const given = values[name];
  if (given === undefined && otherwise !== undefined) return otherwise;
  const value = Number(given);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new Error(`--${name}: expected a number, received ${given}.`);
}
