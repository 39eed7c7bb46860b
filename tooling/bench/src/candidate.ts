import type { StepCounts } from '@residual/counting';
import { models } from '@residual/models';
import { type Pace, paceOf } from './pace.ts';
import { Peer } from './peer.ts';
import type { PeerRow } from './peerRow.ts';
import type { RunAnswer, StepProfile, Task } from './protocol.ts';
import type { Settings } from './settings.ts';
import type { Work } from './work.ts';

/** A peer that is to do a work with so many threads. */
export interface Candidate {
  /** As it is listed. */
  name: string;
  row: PeerRow;
  pace: Pace;
  task: Task;
}

/** A candidate whose program runs. */
export interface Runner extends Candidate {
  peer: Peer;
  measurements: RunAnswer[];
  profile?: StepProfile;
  counts?: StepCounts;
}

/** Everyone who is to do a work: the rows that it is for, with each number of threads. */
export function candidatesOf(work: Work, rows: PeerRow[], settings: Settings): Candidate[] {
  const { inputShape: usual, numClasses } = models[work.model];
  const inputShape = work.pictureShape ?? usual;
  return rows
    .filter(({ name }) => work.peers?.includes(name) ?? true)
    .filter(({ kinds = ['training', 'inference'] }) => kinds.includes(work.kind))
    .flatMap((row) => {
      const counts = (row.threadCounts ?? work.threadCounts)?.(settings.threads) ?? [settings.threads];
      const pace = paceOf(row.pace, work, settings);
      return counts.map((threads) => ({
        name: counts.length === 1 ? row.name : `${row.name}, ${threads} thread${threads === 1 ? '' : 's'}`,
        row,
        pace,
        task: {
          kind: work.kind,
          model: work.model,
          inputShape: [pace.batchSize, ...inputShape],
          numClasses,
          threads,
        },
      }));
    });
}

/** Starts a candidate's program. Rejects with the reason why it can't be measured. */
export async function startPeer({ row, task }: Candidate, settings: Settings): Promise<Peer> {
  const program = await row.program(task, settings);
  if ('absent' in program) throw new Error(program.absent);
  const peer = await Peer.start(program);
  const { parameters } = models[task.model];
  if (peer.facts.parameters === undefined || peer.facts.parameters === parameters) return peer;
  await peer.stop();
  throw new Error(`its ${task.model} has ${peer.facts.parameters} parameters, expected ${parameters}`);
}
