import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { summarize } from './ciSummary.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-summary-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function phase(
  name: string,
  { code = 0, log = '', report }: { code?: number; log?: string; report?: object },
): void {
  writeFileSync(join(folder, `${name}.code`), `${code}\n`);
  writeFileSync(join(folder, `${name}.log`), log);
  if (report) writeFileSync(join(folder, `${name}.json`), JSON.stringify(report));
}

function report(...statuses: string[]) {
  const count = (wanted: string) => statuses.filter((status) => status === wanted).length;
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('skipped'),
    testResults: [
      {
        status: count('failed') > 0 ? 'failed' : 'passed',
        name: 'some.test.ts',
        assertionResults: statuses.map((status, i) => ({
          status,
          fullName: `test ${i}`,
          failureMessages: status === 'failed' ? ['expected 1 to be 2\n  at some.test.ts:3'] : [],
        })),
      },
    ],
  };
}

it('adds up tests, checks, and phases that count nothing', () => {
  phase('1-train', { log: 'Done.\n' });
  phase('2-lint', { log: 'ok   types (1.0 s)\nlint: 6 passed, 0 failed\n' });
  phase('3-test', {
    log: 'skipped: gpu: none here\nskipped: gpu: none here\n',
    report: report('passed', 'passed', 'skipped'),
  });
  phase('4-slow', { report: report('passed') });
  phase('5-packages', { log: 'skip pages: no browser\n40 passed, 0 failed, 1 skipped\n' });
  expect(summarize(folder)).toEqual({
    passed: 50,
    failed: 0,
    skipped: 2,
    skips: ['3-test: test 2', '3-test: skipped: gpu: none here', '5-packages: skip pages: no browser'],
    failures: [],
  });
});

it('counts what fails between tests, and a file that cannot be read', () => {
  phase('1-train', { code: 1, log: 'Epoch 1\nresidual: no room left\n' });
  phase('2-test', { code: 1, report: report('passed', 'failed', 'failed') });
  const broken = {
    ...report(),
    testResults: [{ status: 'failed', name: 'bad.test.ts', message: 'No such module', assertionResults: [] }],
  };
  phase('3-slow', { code: 1, report: broken });
  phase('4-packages', { code: 7, log: '3 passed, 0 failed, 0 skipped' });
  const test = (name: string) =>
    `2-test: some.test.ts: ${name}\n    expected 1 to be 2\n      at some.test.ts:3`;
  expect(summarize(folder)).toEqual({
    passed: 4,
    failed: 5,
    skipped: 0,
    skips: [],
    failures: [
      '1-train: ended in an error\n    Epoch 1\n    residual: no room left',
      test('test 1'),
      test('test 2'),
      '3-slow: bad.test.ts\n    No such module',
      '4-packages: ended in an error\n    3 passed, 0 failed, 0 skipped',
    ],
  });
});

it('counts a phase that says it was skipped as that', () => {
  phase('1-tensorflow', { log: 'tensorflow: skipped, for want of a network\n' });
  expect(summarize(folder)).toEqual({
    passed: 0,
    failed: 0,
    skipped: 1,
    skips: ['1-tensorflow: tensorflow: skipped, for want of a network'],
    failures: [],
  });
});
