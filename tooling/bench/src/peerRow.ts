import type { Engine } from '@residual/counting';
import type { PaceRule } from './pace.ts';
import type { PeerCommand } from './peer.ts';
import type { Task, TaskKind } from './protocol.ts';
import type { Settings } from './settings.ts';

/** Of peers that can also keep a trunk as it is. */
export const NETWORK_KINDS: readonly TaskKind[] = ['training', 'frozen training', 'inference'];

/** A peer as a row of data. */
export interface PeerRow {
  /** Unique; what `--only` looks in. */
  name: string;
  /** Peers of one family are one program in several set-ups, of which the best counts. */
  family: string;
  /** What it can be asked. Default: training and inference on made-up pictures. */
  kinds?: readonly TaskKind[];
  pace: PaceRule;
  /** Measured by itself after the others: too slow to be waited for, round after round. */
  alone?: boolean;
  /** Whether it is asked, with `--layers`, where the time of a step goes. */
  profiled?: boolean;
  /** As what `@residual/counting` counts what a training step asks of a WebGPU device. */
  countedAs?: Engine;
  /** How many threads to measure it with, given the threads asked for. Default: as the work says. */
  threadCounts?: (threads: number) => number[];
  /** How to start it on a task, or why it can't be measured. */
  program(task: Task, settings: Settings): PeerCommand | Absent | Promise<PeerCommand | Absent>;
}

export interface Absent {
  /** Why, and how to change that. */
  absent: string;
}
