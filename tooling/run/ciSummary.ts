import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What .ci/run came to: all phases together, with a line for each thing that was skipped and for each that failed. */
export interface Summary extends Counts {
  /** With its reason, where there is one. */
  skips: string[];
  /** With what it says, indented: where only the end of CI's output is kept, this is all that can be read. */
  failures: string[];
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: TestFile[];
}

interface TestFile {
  status: string;
  name: string;
  /** Why the file itself could not be run. */
  message?: string;
  assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
}

/**
 * Sums up a folder in which each phase left `NAME.code`, its exit code; `NAME.log`, what it printed; and, if it ran
 * tests, `NAME.json`, vitest's report. A phase that counts nothing counts as one that passed or failed.
 */
export function summarize(folder: string): Summary {
  const sum: Summary = { passed: 0, failed: 0, skipped: 0, skips: [], failures: [] };
  const phases = readdirSync(folder).filter((name) => name.endsWith('.code'));
  for (const name of phases.map((file) => file.slice(0, -'.code'.length)).sort()) {
    const log = stripVTControlCharacters(readFileSync(join(folder, `${name}.log`), 'utf8'));
    const hasFailed = readFileSync(join(folder, `${name}.code`), 'utf8').trim() !== '0';
    const path = join(folder, `${name}.json`);
    const report = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as VitestReport) : undefined;
    const counts = report ? countsOfReport(report) : countsOfLog(log, hasFailed);
    // An exit code knows of more than failed tests: of what went wrong between them.
    sum.failed += hasFailed ? Math.max(1, counts.failed) : counts.failed;
    sum.passed += counts.passed;
    sum.skipped += counts.skipped;
    const failed = report ? failedTests(report) : [];
    if (hasFailed && failed.length === 0)
      failed.push(`ended in an error\n${indent(log.trimEnd().split('\n').slice(-40))}`);
    sum.failures.push(...failed.map((test) => `${name}: ${test}`));
    if (report) sum.skips.push(...skippedTests(report).map((test) => `${name}: ${test}`));
    const reasons = log.split('\n').filter((line) => /^(skipped: |skip |\w+: skipped, )/.test(line));
    sum.skips.push(...[...new Set(reasons)].map((line) => `${name}: ${line}`));
  }
  return sum;
}

function countsOfReport({
  numPassedTests,
  numFailedTests,
  numPendingTests,
  testResults,
}: VitestReport): Counts {
  return {
    passed: numPassedTests,
    failed: numFailedTests + testResults.filter(isBroken).length,
    skipped: numPendingTests,
  };
}

/** Of the last line such as `12 passed, 0 failed, 1 skipped`; else of the phase as one. */
function countsOfLog(log: string, hasFailed: boolean): Counts {
  const [last] = [...log.matchAll(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/g)].slice(-1);
  if (last) return { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
  const isSkipped = !hasFailed && /^\w+: skipped, /m.test(log);
  return { passed: hasFailed || isSkipped ? 0 : 1, failed: hasFailed ? 1 : 0, skipped: isSkipped ? 1 : 0 };
}

/** Whether the file failed but none of its tests: it can't be read, or fails before or after them. */
const isBroken = ({ status, assertionResults }: TestFile): boolean =>
  status === 'failed' && !assertionResults.some((test) => test.status === 'failed');

const indent = (lines: string[]): string => lines.map((line) => `    ${line}`).join('\n');

function failedTests({ testResults }: VitestReport): string[] {
  const says = (what: string, message: string): string =>
    `${what}\n${indent(stripVTControlCharacters(message).trimEnd().split('\n').slice(0, 40))}`;
  return testResults.flatMap((file) => [
    ...(isBroken(file) ? [says(file.name, file.message ?? '')] : []),
    ...file.assertionResults
      .filter(({ status }) => status === 'failed')
      .map((test) => says(`${file.name}: ${test.fullName}`, (test.failureMessages ?? []).join('\n'))),
  ]);
}

function skippedTests({ testResults }: VitestReport): string[] {
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'skipped' || status === 'pending')
    .map(({ fullName }) => fullName);
}

if (import.meta.main) {
  const { passed, failed, skipped, skips, failures } = summarize(process.argv[2]!);
  for (const line of skips) console.log(`not run: ${line}`);
  for (const failure of failures) console.log(`failed: ${failure}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}
