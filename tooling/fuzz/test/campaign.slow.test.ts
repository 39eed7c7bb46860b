import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { campaign } from '../src/campaign.ts';
import { parsers } from '../src/parser.ts';

const folder = mkdtempSync(join(tmpdir(), 'residual-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('campaign', () => {
  it.each(parsers.map(({ name }) => name))('%s reads or refuses all that is committed', async (name) => {
    const parser = parsers.find((one) => one.name === name)!;
    const { executions, findings } = await campaign(parser, { seconds: 0, seed: 1, folder });
    expect(executions).toBeGreaterThan(4000); // rounds in which memory is measured
    expect(findings).toEqual([]);
  });

  it.each([
    ['throws', 'an error without code: TypeError'],
    ['hangs', 'hangs'],
    ['waits', 'never settles'],
    ['hoards', 'memory grows'],
  ])('finds a parser that %s', async (how, what) => {
    const parser = { name: how, target: `../../test/faulty/${how}`, sources: {} };
    const { findings } = await campaign(parser, { seconds: 1, seed: 1, folder });
    expect(findings.map((finding) => finding.what)).toContainEqual(expect.stringContaining(what));
  });
});
