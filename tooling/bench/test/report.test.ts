import type { StepCounts } from '@residual/counting';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../src/machine.ts';
import { reportMarkdown } from '../src/markdown.ts';
import { PYTORCH_BFLOAT16 } from '../src/pyTorch.ts';
import type { PeerResult, Report, WorkReport } from '../src/report.ts';
import { median } from '../src/statistics.ts';
import { bestPyTorch } from '../src/summarize.ts';
import { runText, workText } from '../src/text.ts';

function result(peer: string, family: string, each: number[], more: Partial<PeerResult> = {}): PeerResult {
  return {
    peer,
    family,
    description: `${family}, a program`,
    versions: { [family]: '1.2' },
    threads: 2,
    batchSize: 128,
    steps: 1,
    imagesPerSecond: { median: median(each), lowest: Math.min(...each), highest: Math.max(...each), each },
    measurements: each.map((speed) => ({ seconds: 128 / speed, peakMemoryBytes: 2 ** 30 })),
    ...more,
  };
}

const work: WorkReport = {
  work: 'net-training',
  kind: 'training',
  model: 'net',
  pictureShape: [96, 96, 1],
  baseline: 'PyTorch fast',
  results: [
    result('simd', 'simd', [150, 120, 140], { ratio: 1.4 }),
    result('PyTorch fast', 'PyTorch', [100, 90, 110], { ratio: 1 }),
    result('slow', 'slow', [0.5], { batchSize: 2, threads: 1, ratio: 0.005, measurements: [{ seconds: 4 }] }),
  ],
  notMeasured: [{ peer: 'a|b', reason: 'not installed' }],
};
const machine: Machine = {
  cpu: 'A processor',
  cores: 2,
  memoryBytes: 16 * 2 ** 30,
  system: 'Linux 6 x64',
  node: '24.0.0',
  loadAverage: { before: 0.1, after: 1.9 },
};
const report: Report = {
  startedAt: '2026-11-25T00:00:00.000Z',
  seconds: 61.4,
  commit: 'abc1234',
  machine,
  works: [work],
};

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 2, 100], 3],
  ])('of %j is %d', (numbers, expected) => expect(median(numbers)).toBe(expected));
});

describe('bestPyTorch', () => {
  it('is the one with the highest median, not the one with the highest measurement', () => {
    const steady = result('PyTorch steady', 'PyTorch', [10, 10, 10]);
    const lucky = result('PyTorch lucky', 'PyTorch', [1, 1, 99]);
    expect(bestPyTorch([result('simd', 'simd', [999]), lucky, steady])).toBe(steady);
    expect(bestPyTorch([result('simd', 'simd', [1])])).toBeUndefined();
  });
});

describe('text', () => {
  it('shows a work as aligned columns', () => {
    expect(workText(work, machine)).toBe(`
net-training: training step of net, 96x96x1; ratios to PyTorch fast
  A processor
  peer          threads  images/s  lowest to highest  ratio  measured           peak memory
  simd                2       140  120 to 150          1.40  3 x 1 step of 128  1.00 GiB
  PyTorch fast        2       100  90.0 to 110         1.00  3 x 1 step of 128  1.00 GiB
  slow                1     0.500                      0.01  1 x 1 step of 2
  not measured:
    a|b: not installed`);
  });

  it("tells what each table was measured on, and the hardware's part in the ratios", () => {
    const known: Machine = {
      ...machine,
      processor: { family: 26, model: 2, vectorBits: 512, bfloat16: [] },
      peaks: { tile: 128, tileBits: 256, product: 106.4, convolution: 256 },
    };
    const line =
      "A processor (family 26, model 2), vectors of 512 bits; GFLOPS of one core: simd's tile 128 in 256 bits, " +
      "PyTorch's matrix product 106 (r = 1.20), its convolution 256 (r = 0.50)";
    expect(workText(work, known)).toContain(`\n  ${line}\n`);
    expect(reportMarkdown({ ...report, machine: known })).toContain(`**\n\n${line}\n\n|`);
    const tileAlone = { ...known, peaks: { tile: 128, tileBits: 256 } };
    expect(workText(work, tileAlone)).toContain("GFLOPS of one core: simd's tile 128 in 256 bits\n");
  });

  it('shows bfloat16 beside the ratios, never as what they refer to', () => {
    const other = result('PyTorch bfloat16 autocast', PYTORCH_BFLOAT16, [200], { ratio: 2 });
    const results = [...work.results, other];
    expect(bestPyTorch(results)?.peer).toBe('PyTorch fast');
    expect(workText({ ...work, results }, machine)).toContain(
      "\n  bfloat16, which isn't what the ratios refer to: 2.00 times PyTorch fast; simd is 0.70 of it\n",
    );
  });

  it('shows the multiplications of peers whose networks differ', () => {
    const results = [
      result('a', 'a', [9], { multiplications: 4.09e9, ratio: 1 }),
      result('b', 'b', [9], { multiplications: 4.33e9, ratio: 1.06 }),
    ];
    const text = workText({ ...work, kind: 'variants', baseline: 'a', results, notMeasured: [] }, machine);
    expect(text).toMatch(/training step of variants of net, 96x96x1; ratios per multiplication to a\n/);
    expect(text).toMatch(/peer +threads +multiplications +images\/s/);
    expect(text).toMatch(/b +2 +4\.33 G +9\.00 +1\.06/);
  });

  it('tells what a frozen stage takes beyond naming the same pictures', () => {
    const ofAll = { batchSize: 1000 };
    const results = [
      result('simd prediction', 'simd', [50], ofAll),
      result('simd frozen stage', 'simd', [40], ofAll),
      result('PyTorch frozen stage', 'PyTorch', [62.5], ofAll),
    ];
    const stages: WorkReport = { ...work, kind: 'frozen stage', baseline: 'simd prediction', results };
    const line =
      'all 1000 pictures: simd prediction 20.00 s, simd frozen stage 25.00 s (+5.00 s), PyTorch frozen stage 16.00 s (-4.00 s)';
    expect(workText(stages, machine)).toContain(`\n  ${line}\n`);
    expect(reportMarkdown({ ...report, works: [stages] })).toContain(`\n\n${line}\n\n`);
    expect(workText(work, machine)).not.toContain('pictures: ');
  });

  it('shows what a step asks of a WebGPU device, of those that run on one', () => {
    const counts: StepCounts = {
      ...{ dispatches: 160.25, submits: 3.75, boundBytes: 4.3e9, copiedBytes: 45e6, uploadedBytes: 4e5 },
      ...{ buffers: 3, memoryBytes: 1.15e9, kernels: {} },
    };
    const results = [result('webgpu', 'webgpu', [3], { counts }), result('simd', 'simd', [9])];
    expect(workText({ ...work, results, notMeasured: [] }, machine)).toMatch(
      new RegExp(
        '\n  a step, on a device that only counts:' +
          '\n  peer +batch  dispatches  submits  MB bound  MB copied  MB uploaded  MB of memory' +
          '\n  webgpu +128 +160 +4 +4300\\.0 +45\\.0 +0\\.4 +1150\\.0$',
      ),
    );
    expect(workText(work, machine)).not.toContain('counts');
  });

  it('shows versions, machine and load once', () => {
    const text = runText(report);
    expect(text).toContain('PyTorch  PyTorch 1.2  PyTorch, a program');
    expect(text).toContain('A processor, 2 cores, 16.0 GiB of memory, Linux 6 x64, Node 24.0.0');
    expect(text).toContain('61 s, commit abc1234');
    expect(text).toContain('0.10 before, 1.90 after');
  });
});

describe('markdown', () => {
  it('has the same cells as tables', () => {
    const text = reportMarkdown(report);
    expect(text).toContain('| simd | 2 | 140 | 120 to 150 | 1.40 | 3 x 1 step of 128 | 1.00 GiB |\n');
    expect(text).toContain('- a|b: not installed');
    expect(text).toContain('|---|---|---|---|---|---|---|\n');
  });
});
