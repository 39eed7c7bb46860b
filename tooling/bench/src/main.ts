/** `npx pnpm@12 bench`: see help.ts. Exits with 2 for a wrong option, with 1 where nothing could be measured. */
import { readFileSync } from 'node:fs';
import { candidatesOf } from './candidate.ts';
import { engines } from './engines.ts';
import { help } from './help.ts';
import { commit, loadAverage, thisMachine } from './machine.ts';
import { reportMarkdown } from './markdown.ts';
import { measureWork } from './measure.ts';
import { mergeReports } from './merge.ts';
import { type Choices, OptionError, type Options, parseOptions } from './options.ts';
import { peaksFor, withFastestTile } from './peaks.ts';
import { peerRows } from './peerRows.ts';
import type { Report } from './report.ts';
import { runText, workText } from './text.ts';
import { webgpuRows } from './webgpuRows.ts';
import { works } from './work.ts';

const choices: Choices = { works, peers: [...peerRows, ...(await webgpuRows())], engines };

try {
  const options = parseOptions(process.argv.slice(2), choices);
  process.exitCode = await main(options);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main(options: Options): Promise<number> {
  if (options.help) {
    console.log(help(choices));
    return 0;
  }
  const isText = options.output === 'text';
  if (options.from !== undefined) {
    const [first, ...others] = options.from;
    const report = mergeReports([readReport(first), ...others.map(readReport)]);
    if (isText) for (const work of report.works) console.log(workText(work, report.machine));
    print(report, options);
    return 0;
  }
  if (options.bundle !== undefined) {
    // Here, as it imports what a bundle has not.
    const { makeBundle } = await import('./bundle/bundle.ts');
    const bytes = await makeBundle(options.bundle);
    console.log(
      `${options.bundle}: ${(bytes / 1e6).toFixed(1)} MB. There: tar xf FILE && residual-bench/bench.sh`,
    );
    return 0;
  }
  const report = await measure(
    options,
    (work, { machine }) => isText && console.log(workText(work, machine)),
  );
  print(report, options);
  return report.works.some(({ results }) => results.length > 0) ? 0 : 1;
}

/** What an earlier run printed with `--json`. */
function readReport(path: string): Report {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<Report> | null;
    if (Array.isArray(report?.works) && report.machine !== undefined) return report as Report;
  } catch (error) {
    throw new OptionError(`--from: expected a document that --json printed: ${(error as Error).message}`);
  }
  throw new OptionError(`--from: expected a document that --json printed, received ${path}.`);
}

/** The whole report, or in the terminal what follows the works, which are printed as they come. */
function print(report: Report, { output }: Options): void {
  if (output === 'json') console.log(JSON.stringify(report, undefined, 1));
  else console.log(output === 'markdown' ? reportMarkdown(report) : runText(report));
}

async function measure(
  { works, peers, settings }: Options,
  onWork: (work: Report['works'][number], report: Report) => void,
): Promise<Report> {
  const start = performance.now();
  const report: Report = {
    startedAt: new Date().toISOString(),
    seconds: 0,
    commit: commit(),
    machine: thisMachine(),
    works: [],
  };
  say('what one core can do');
  report.machine.peaks = await peaksFor(peers, settings);
  // A work that none of the chosen peers is for is not a part of this run.
  for (const work of works.filter((work) => candidatesOf(work, peers, settings).length > 0)) {
    const measured = await measureWork(work, peers, settings, (what) => say(`${work.name}: ${what}`));
    say('');
    report.works.push(measured);
    report.machine.peaks = withFastestTile(report.machine.peaks, measured.results);
    onWork(measured, report);
  }
  report.seconds = (performance.now() - start) / 1000;
  report.machine.loadAverage.after = loadAverage();
  return report;
}

/** The present moment, on a line that the next one overwrites. */
function say(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what.slice(0, process.stderr.columns - 1)}`);
}
