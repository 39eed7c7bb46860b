import { OptionError } from './options.ts';
import { withFastestTile } from './peaks.ts';
import type { PeerResult, Report, WorkReport } from './report.ts';
import { median } from './statistics.ts';

/**
 * One report of several runs on one machine: of each peer the median of its runs' medians, and of the ratios the median, each to
 * the best PyTorch of its own run. Where the time of a step goes is that of the first run.
 *
 * @throws OptionError for runs of different machines
 */
export function mergeReports(reports: readonly [Report, ...Report[]]): Report {
  const [first, ...others] = reports;
  if (others.length === 0) return { ...first, machine: { ...first.machine, ...peaksOf(reports) } };
  for (const { machine } of others) {
    const [expected, received] = [first.machine, machine].map(({ cpu, processor, cores }) =>
      [cpu, processor?.family, processor?.model, `${cores} cores`]
        .filter((fact) => fact !== undefined)
        .join(', '),
    );
    if (expected === received) continue;
    throw new OptionError(`--from: expected runs of one machine, ${expected}, received ${received}.`);
  }
  const works = reports.flatMap((report) => report.works);
  const names = [...new Set(works.map(({ work }) => work))];
  return {
    ...first,
    seconds: reports.reduce((sum, { seconds }) => sum + seconds, 0),
    machine: { ...first.machine, ...peaksOf(reports) },
    works: names.map((name) => mergeWorks(works.filter(({ work }) => work === name))),
    runs: reports.map(({ startedAt, seconds, commit, machine: { loadAverage } }) => ({
      ...{ startedAt, seconds, loadAverage },
      ...(commit !== undefined && { commit }),
    })),
  };
}

/** The highest of all runs, each by itself. */
function peaksOf(reports: readonly Report[]): Pick<Report['machine'], 'peaks'> {
  const all = reports.flatMap(({ machine: { peaks }, works }) =>
    peaks === undefined
      ? []
      : withFastestTile(
          peaks,
          works.flatMap(({ results }) => results),
        ),
  );
  if (all.length === 0) return {};
  const highest = (name: 'tile' | 'product' | 'convolution') => {
    const values = all.flatMap((peaks) => peaks[name] ?? []);
    return values.length === 0 ? {} : { [name]: Math.max(...values) };
  };
  return { peaks: { ...all[0], ...highest('tile'), ...highest('product'), ...highest('convolution') } };
}

function mergeWorks(works: WorkReport[]): WorkReport {
  const [first] = works;
  const baselines = new Set(works.map(({ baseline }) => baseline));
  const results = works.flatMap((work) => work.results);
  const peers = [...new Set(results.map(({ peer }) => peer))];
  const reasons = works.flatMap(({ notMeasured }) => notMeasured);
  return {
    ...first!,
    // Of runs with different ones there is no result of that name.
    ...(baselines.size > 1 && { baseline: 'the best PyTorch of each run' }),
    results: peers.map((name) => mergeResults(results.filter(({ peer }) => peer === name))),
    notMeasured: reasons.filter(
      ({ peer }, i) => !peers.includes(peer) && reasons.findIndex((reason) => reason.peer === peer) === i,
    ),
  };
}

function mergeResults(results: PeerResult[]): PeerResult {
  const each = results.map(({ imagesPerSecond }) => imagesPerSecond.median);
  const ratios = results.flatMap(({ ratio }) => ratio ?? []);
  return {
    ...results[0]!,
    imagesPerSecond: { median: median(each), lowest: Math.min(...each), highest: Math.max(...each), each },
    ...(ratios.length > 0 && { ratio: median(ratios) }),
    measurements: results.flatMap(({ measurements }) => measurements),
  };
}
