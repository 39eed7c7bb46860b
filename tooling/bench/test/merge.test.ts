import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportMarkdown } from '../src/markdown.ts';
import { mergeReports } from '../src/merge.ts';
import type { PeerResult, Report } from '../src/report.ts';
import { runText, workText } from '../src/text.ts';

const result = (peer: string, speed: number, ratio: number): PeerResult => ({
  ...{ peer, family: peer, description: peer, versions: {}, threads: 2, batchSize: 128, steps: 1, ratio },
  imagesPerSecond: { median: speed, lowest: speed - 1, highest: speed + 1, each: [speed] },
  measurements: [{ seconds: 128 / speed }],
});

const run = (commit: string, simd: number, pyTorch: number, tile: number, cpu = 'A'): Report => ({
  ...{ startedAt: `${commit}'s day`, seconds: 10, commit },
  machine: {
    ...{ cpu, cores: 2, memoryBytes: 2 ** 34, system: 'Linux', node: '24.0.0' },
    loadAverage: { before: 0.1, after: 2 },
    peaks: { tile, tileBits: 256, product: 100 },
  },
  works: [
    {
      ...{ work: 'training', kind: 'training', model: 'net', pictureShape: [8, 8, 1], baseline: 'PyTorch' },
      results: [result('simd', simd, simd / pyTorch), result('PyTorch', pyTorch, 1)],
      notMeasured: [{ peer: 'jax', reason: `not there in ${commit}` }],
    },
  ],
});

describe('runs of one machine', () => {
  const merged = mergeReports([run('a', 90, 100, 120), run('b', 120, 80, 128), run('c', 100, 125, 127)]);

  it('are shown by the medians of speeds and of ratios, each of its own run', () => {
    const [{ results, notMeasured }] = merged.works as [Report['works'][number]];
    expect(results.map(({ imagesPerSecond, ratio }) => [imagesPerSecond.median, ratio])).toEqual([
      [100, 0.9],
      [100, 1],
    ]);
    expect(results[0]!.imagesPerSecond).toMatchObject({ lowest: 90, highest: 120, each: [90, 120, 100] });
    expect(notMeasured).toEqual([{ peer: 'jax', reason: 'not there in a' }]);
    expect(merged.machine.peaks).toEqual({ tile: 128, tileBits: 256, product: 100 });
    expect(workText(merged.works[0]!, merged.machine)).toMatch(
      /simd +2 +100 +90\.0 to 120 +0\.90 +3 x 1 step/,
    );
  });

  it("have the fastest tile that any of their processes saw, in one run's document too", () => {
    const one = run('a', 90, 100, 54);
    one.works[0]!.results[0]!.description = 'simd; tile: 39 GFLOPS with 8 columns, 88 GFLOPS with 16 columns';
    one.works[0]!.results[1]!.description = 'PyTorch, 999 GFLOPS';
    expect(mergeReports([one]).machine.peaks?.tile).toBe(88);
    expect(mergeReports([one, run('b', 90, 100, 60)]).machine.peaks?.tile).toBe(88);
  });

  it('are each named with their commit and load', () => {
    const text = runText(merged);
    expect(text).toContain('medians of 3 runs, and of their ratios:');
    for (const commit of ['a', 'b', 'c']) expect(text).toContain(`${commit}'s day, 10 s, commit ${commit}`);
  });

  it("say so where PyTorch's best set-up is another in each", () => {
    const other = run('b', 1, 1, 1);
    other.works[0]!.baseline = 'PyTorch, otherwise';
    expect(mergeReports([run('a', 1, 1, 1), other]).works[0]!.baseline).toBe('the best PyTorch of each run');
  });

  it('are refused from different machines', () => {
    expect(() => mergeReports([run('a', 1, 1, 1), run('b', 1, 1, 1, 'B')])).toThrow(
      '--from: expected runs of one machine, A, 2 cores, received B, 2 cores.',
    );
  });
});

describe('the committed documents', () => {
  const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'runs', 'bench');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

  it.each(files)('%s is printed', (name) => {
    const report = mergeReports([JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report]);
    const text = [...report.works.map((work) => workText(work, report.machine)), runText(report)].join('\n');
    for (const printed of [text, reportMarkdown(report)]) {
      expect(printed).not.toMatch(/undefined|NaN/);
      expect(printed).toContain(report.machine.cpu);
      for (const { work, results } of report.works) {
        expect(printed).toContain(work);
        for (const { peer } of results) expect(printed).toContain(peer);
      }
    }
  });
});
