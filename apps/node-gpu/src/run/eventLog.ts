import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { TrainEvent } from '@residual/trainer';
import { explainSystemError } from '../systemError.js';

/** What a run folder's `events.jsonl` holds, a line each: an event and when it happened. */
export type LoggedEvent = { time: string } & (TrainEvent | RunEvent);

/** The command's own event, before the trainer's: what will run, and where it is kept. */
export interface RunEvent {
  type: 'run';
  /** The run folder. */
  folder: string;
  recipe: string;
  model: string;
  backend: string;
  device: string;
  /** Better backends, and why they weren't taken. */
  passedOver: { name: string; reason: string; fix: string }[];
  /** What is done to each picture, in words: from any to the one that the network sees. */
  pictures: string[];
  /** What training does to it beside that, anew in each epoch. */
  training: string[];
  classes: ClassBalance;
  isResumed: boolean;
}

/** How many pictures to train on the classes have. */
export interface ClassBalance {
  count: number;
  most: { className: string; pictures: number };
  fewest: { className: string; pictures: number };
}

/** Appends events to a file, each as one line written at once. */
export class EventLog {
  constructor(private readonly path: string) {
    if (existsSync(path)) dropUnfinishedLine(path);
  }

  /**
   * @returns the event as it was logged, with the time
   * @throws CommandError `FILE`
   */
  append(event: TrainEvent | RunEvent): LoggedEvent {
    const logged = { time: new Date().toISOString(), ...event };
    try {
      appendFileSync(this.path, `${JSON.stringify(logged)}\n`);
    } catch (error) {
      throw explainSystemError(error, this.path);
    }
    return logged;
  }
}

/** A killed process, or a full disk, may have left half a line. */
function dropUnfinishedLine(path: string): void {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(path, end);
}
