import type { StepCounts } from '@residual/counting';
import type { Machine } from './machine.ts';
import type { RunAnswer, StepProfile, TaskKind } from './protocol.ts';

/** One peer on one work. */
export interface PeerResult {
  peer: string;
  /** Peers of one family are one program in several set-ups. */
  family: string;
  description: string;
  versions: Record<string, string>;
  threads: number;
  batchSize: number;
  /** Steps of each measurement. */
  steps: number;
  imagesPerSecond: { median: number; lowest: number; highest: number; each: number[] };
  /** Multiply-adds of a picture's forward pass, where the peers' networks differ. */
  multiplications?: number;
  /** Of the median to the baseline's, per multiplication where those are told; absent where there is no baseline. */
  ratio?: number;
  measurements: RunAnswer[];
  /** Where the time of a step goes; absent where that wasn't asked or can't be told. */
  profile?: StepProfile;
  /** What a training step asks of a WebGPU device; absent for what runs elsewhere. */
  counts?: StepCounts;
}

export interface WorkReport {
  work: string;
  kind: TaskKind;
  model: string;
  /** [H, W, C] */
  pictureShape: number[];
  /** The peer that the ratios compare with: the best PyTorch, or the one with the fewest threads. */
  baseline?: string;
  results: PeerResult[];
  notMeasured: { peer: string; reason: string }[];
}

/** What `bench --json` prints. */
export interface Report {
  startedAt: string;
  seconds: number;
  /** The commit that was checked out, marked where files differ from it; absent outside of a checkout. */
  commit?: string;
  machine: Machine;
  works: WorkReport[];
  /** Where several runs were put together: when each was, and on which commit. */
  runs?: Run[];
}

export interface Run extends Pick<Report, 'startedAt' | 'seconds' | 'commit'> {
  loadAverage: Machine['loadAverage'];
}
