import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { Judgement, RunParts, StagesEvent } from '@residual/runs';
import type { TrainEvent } from '@residual/trainer';
import { errorEvent } from '../failure.js';
import { explainSystemError } from '../systemError.js';
import type { Change } from './settings.js';

/** What a run folder's `events.jsonl` holds, a line each: an event and when it happened. */
export type LoggedEvent = { time: string } & RecordedEvent;

/** What the trainer tells, runs and the command. */
export type RecordedEvent = TrainEvent | StagesEvent | RunEvent | MistakesEvent | TestEvent | FailureEvent;

/** The command's own event, before the trainer's: what will run, and where it is kept. */
export interface RunEvent {
  type: 'run';
  /** The run folder. */
  folder: string;
  recipe: string;
  model: string;
  /** The weights that it begins with, and what became of their tensors; absent where they are drawn by the seed. */
  weights?: string[];
  backend: string;
  device: string;
  /** Better backends, and why they weren't taken. */
  passedOver: { name: string; reason: string; fix: string }[];
  /** What is done to each picture, in words: from any to the one that the network sees. */
  pictures: string[];
  /** What training does to it beside that, anew in each epoch. */
  training: string[];
  classes: ClassBalance;
  parts: PartCounts;
  /** What --minutes came to; absent without. */
  plan?: TimePlan;
  /** With what a run goes on that was otherwise before; absent where there is nothing. */
  changes?: readonly Change[];
  isResumed: boolean;
}

/** How many epochs fit into a time, as measured before they began. */
export interface TimePlan {
  minutes: number;
  epochs: number;
  /** Of an epoch, with its validation. */
  secondsPerEpoch: number;
  /** Of judging the test part. */
  testSeconds: number;
  /** From the command's start to its end. */
  seconds: number;
}

/** How many pictures are for what. */
export interface PartCounts {
  train: number;
  validation: number;
  /** The data's validation part, pictures held out of its train part, its test part, or nothing. */
  validatedBy: RunParts['validatedBy'];
  test: number;
}

/** The command's own, where a log shows pictures: those that the model takes for something else, drawn in a file of the run. */
export interface MistakesEvent {
  type: 'mistakes';
  /** The part that they are of. */
  part: 'validation';
  file: string;
  /** How many it shows, and of how many. */
  shown: number;
  mistakes: number;
}

/** The command's own, before the trainer's end: what the model came to on the test part, judged once. All null where there is none. */
export interface TestEvent {
  type: 'test';
  /** The pictures' name. */
  name: string | null;
  images: number | null;
  loss: number | null;
  accuracy: number | null;
  /** The mean recall of the classes. */
  balancedAccuracy: number | null;
  /** Where the accuracy is with 95 % confidence. */
  interval: [low: number, high: number] | null;
}

/** The command's own, and the last of a run that fails. */
export type FailureEvent = ReturnType<typeof errorEvent>;

/** What a judgement of these pictures is told as. */
export function testEvent(name: string | null, judged: Judgement | undefined): TestEvent {
  if (judged === undefined) {
    const none = { images: null, loss: null, accuracy: null, balancedAccuracy: null, interval: null };
    return { type: 'test', name, ...none };
  }
  const { count: images, ...figures } = judged;
  return { type: 'test', name, images, ...figures };
}

/** How many pictures to train on the classes have. */
export interface ClassBalance {
  count: number;
  most: { className: string; pictures: number };
  /** Of those that have any. */
  fewest: { className: string; pictures: number };
  /** Classes without one: all were held out, or a limit is too small. Left out: there are none. */
  untrained?: string[];
}

/** A file of JSON values, each on one line that is written at once. */
export class JsonLines {
  constructor(private readonly path: string) {
    if (existsSync(path)) dropUnfinishedLine(path);
  }

  /** @throws CommandError `FILE` */
  append(value: object): void {
    try {
      appendFileSync(this.path, `${JSON.stringify(value)}\n`);
    } catch (error) {
      throw explainSystemError(error, this.path);
    }
  }
}

/** Says in a run's record why it ends, where the disk lets it: what goes wrong with that is not what the command ends with. */
export function recordFailure(path: string, thrown: unknown): void {
  try {
    new JsonLines(path).append(errorEvent(thrown));
  } catch {
    // the same disk, as a rule
  }
}

/** What a run's record holds so far, its whole lines alone. */
export function* readEvents(path: string): Generator<LoggedEvent> {
  if (!existsSync(path)) return;
  const lines = read(path).toString().split('\n');
  for (const line of lines.slice(0, -1)) {
    try {
      yield JSON.parse(line);
    } catch {
      // A damaged line is no event.
    }
  }
}

/** A killed process, or a full disk, may have left half a line. */
function dropUnfinishedLine(path: string): void {
  const bytes = read(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(path, end);
}

/** @throws CommandError `FILE` */
function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw explainSystemError(error, path); // of a folder, the system doesn't say which
  }
}
