import { models } from '@residual/models';
import type { Runner } from './candidate.ts';
import { PYTORCH } from './pyTorch.ts';
import type { PeerResult, WorkReport } from './report.ts';
import { median } from './statistics.ts';
import type { Work } from './work.ts';

/** What is reported of a work: each peer's throughput and its ratio to the work's baseline. */
export function reportOf(work: Work, runners: Runner[], notMeasured: WorkReport['notMeasured']): WorkReport {
  const results = runners.map(resultOf);
  const compared = baselineOf(work, results);
  return {
    work: work.name,
    kind: work.kind,
    model: work.model,
    pictureShape: [...(work.pictureShape ?? models[work.model].inputShape)],
    ...(compared && { baseline: compared.peer }),
    results: results.map((result) => ({
      ...result,
      ...(compared && { ratio: rateOf(result) / rateOf(compared) }),
    })),
    notMeasured,
  };
}

/** Pictures, or multiplications where peers have different networks, in a second. */
function rateOf({ imagesPerSecond, multiplications = 1 }: PeerResult): number {
  return imagesPerSecond.median * multiplications;
}

function baselineOf({ baseline, threadCounts }: Work, results: PeerResult[]): PeerResult | undefined {
  if (baseline !== undefined) return results.find(({ peer }) => peer === baseline);
  return threadCounts === undefined ? bestPyTorch(results) : fewestThreads(results);
}

function resultOf({ name, row, peer, pace, measurements, profile, counts }: Runner): PeerResult {
  const { batchSize, steps } = pace;
  const each = measurements.map(({ seconds }) => (steps * batchSize) / seconds);
  const { description, versions, threads, multiplications } = peer.facts;
  return {
    peer: name,
    family: row.family,
    description,
    versions,
    threads,
    batchSize,
    steps,
    imagesPerSecond: { median: median(each), lowest: Math.min(...each), highest: Math.max(...each), each },
    ...(multiplications && { multiplications }),
    measurements,
    ...(profile && { profile }),
    ...(counts && { counts }),
  };
}

/** The PyTorch with the highest median: the one to compare with. Undefined where none was measured. */
export function bestPyTorch(results: PeerResult[]): PeerResult | undefined {
  return results
    .filter(({ family }) => family === PYTORCH)
    .sort((a, b) => b.imagesPerSecond.median - a.imagesPerSecond.median)[0];
}

function fewestThreads(results: PeerResult[]): PeerResult | undefined {
  return [...results].sort((a, b) => a.threads - b.threads)[0];
}
