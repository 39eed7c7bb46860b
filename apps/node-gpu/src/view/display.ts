import { print } from '../output.js';
import { LiveLine } from './liveLine.js';
import { type Status, statusLine, statusText } from './status.js';

/** Where progress is shown. */
export interface ProgressDisplay {
  /** How it stands now; the next one replaces it. */
  status(status: Status): void;
  /** The same in words, of what comes before a run. */
  progress(text: string): void;
  /** A line that stays. */
  line(text: string): void;
  close(): void;
}

const LOG_EVERY_MS = 10_000;

/** A bar that moves, where stdout is a terminal; else lines, for logs. */
export function createDisplay(): ProgressDisplay {
  return process.stdout.isTTY ? barDisplay(new LiveLine(process.stdout)) : logDisplay(print);
}

function barDisplay(line: LiveLine): ProgressDisplay {
  return {
    status: (status) => line.show(statusLine(status, line.columns)),
    progress: (text) => line.show(text),
    line: (text) => line.print(text),
    close: () => line.clear(),
  };
}

/** Every status would be too many lines: one is written every ten seconds. */
export function logDisplay(write: (line: string) => void, now = () => performance.now()): ProgressDisplay {
  let writtenAt = now();
  const rarely = (text: () => string) => {
    if (now() - writtenAt < LOG_EVERY_MS) return;
    writtenAt = now();
    write(text());
  };
  return {
    status: (status) => rarely(() => statusText(status)),
    progress: (text) => rarely(() => text),
    line: write,
    close() {},
  };
}
