import { type Candidate, candidatesOf, type Runner, startPeer } from './candidate.ts';
import { countsOf } from './countsOf.ts';
import type { PeerRow } from './peerRow.ts';
import type { WorkReport } from './report.ts';
import type { Settings } from './settings.ts';
import { reportOf } from './summarize.ts';
import type { Work } from './work.ts';

/** Of which the fastest is reported. */
const PROFILED_STEPS = 3;

/** Told what happens now. */
export type OnProgress = (what: string) => void;

/**
 * Measures a work: all peers in turn (A B C, A B C, ...), so that a noisy machine is noisy for all of them; then, each
 * alone, those that are measured once.
 */
export async function measureWork(
  work: Work,
  rows: PeerRow[],
  settings: Settings,
  onProgress: OnProgress = () => {},
): Promise<WorkReport> {
  const candidates = candidatesOf(work, rows, settings);
  const groups = [
    candidates.filter(({ row }) => !row.alone),
    ...candidates.filter(({ row }) => row.alone).map((candidate) => [candidate]),
  ];
  const runners: Runner[] = [];
  const notMeasured: WorkReport['notMeasured'] = [];
  for (const group of groups) {
    const measured = await measureGroup(group, settings, onProgress, ({ name }, error) => {
      notMeasured.push({ peer: name, reason: error.message.split('\n')[0]! });
    });
    runners.push(...measured);
  }
  for (const runner of runners) {
    const { countedAs } = runner.row;
    if (countedAs === undefined || work.kind !== 'training') continue;
    onProgress(`${runner.name}: counting`);
    runner.counts = await countsOf(countedAs, { model: work.model, batchSize: runner.pace.batchSize });
  }
  return reportOf(work, runners, notMeasured);
}

/** Those of a group that got to the end, with their measurements. */
async function measureGroup(
  group: Candidate[],
  settings: Settings,
  onProgress: OnProgress,
  onFailure: (candidate: Candidate, error: Error) => void,
): Promise<Runner[]> {
  if (group.length > 0) onProgress(`starting ${group.map(({ name }) => name).join('; ')}`);
  const started = await Promise.allSettled(group.map((candidate) => startPeer(candidate, settings)));
  let runners: Runner[] = [];
  for (const [i, start] of started.entries()) {
    if (start.status === 'fulfilled') runners.push({ ...group[i]!, peer: start.value, measurements: [] });
    else onFailure(group[i]!, start.reason);
  }

  /** Lets each do something, and drops whoever fails. */
  async function inTurn(what: string, run: (runner: Runner) => Promise<void>): Promise<void> {
    for (const runner of runners) {
      onProgress(`${runner.name}: ${what}`);
      try {
        await run(runner);
      } catch (error) {
        runners = runners.filter((other) => other !== runner);
        onFailure(runner, error as Error);
      }
    }
  }

  await inTurn('warming up', async ({ peer, pace }) => {
    if (pace.warmUpSteps > 0) await peer.run(pace.warmUpSteps);
  });
  const rounds = Math.max(0, ...runners.map(({ pace }) => pace.rounds));
  for (let round = 1; round <= rounds; round++) {
    await inTurn(`round ${round} of ${rounds}`, async ({ peer, pace, measurements }) => {
      if (round <= pace.rounds) measurements.push(await peer.run(pace.steps));
    });
  }
  if (settings.layers) {
    await inTurn('where the time goes', async (runner) => {
      if (runner.row.profiled) runner.profile = await runner.peer.profile(PROFILED_STEPS);
    });
  }
  await Promise.all(runners.map(({ peer }) => peer.stop()));
  return runners;
}
