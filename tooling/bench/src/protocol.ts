import type { ModelName } from '@residual/models';

/**
 * Forward, backward and SGD with momentum on one batch, or the logits of one batch in eval mode; the same made-up
 * pictures each step.
 */
export type TaskKind = 'training' | 'inference';

/** What a peer's program is started with, as JSON. */
export interface Task {
  kind: TaskKind;
  model: ModelName;
  /** Of a batch: [B, H, W, C]. */
  inputShape: [batch: number, height: number, width: number, channels: number];
  numClasses: number;
  threads: number;
}

// A peer's program writes one line of JSON when it is ready (or has failed), and one for each line that it reads.

export interface Ready {
  ready: {
    /** What it is, and what it runs on. */
    description: string;
    versions: Record<string, string>;
    /** As it uses them, which may be fewer than asked for. */
    threads: number;
    /** Trained numbers of its network: peers with another network are not peers. */
    parameters: number;
  };
}

export interface Failed {
  failed: string;
}

export interface RunRequest {
  steps: number;
}

export interface RunAnswer {
  seconds: number;
  /** The most memory that the process has held so far; absent where that can't be told. */
  peakMemoryBytes?: number;
}
