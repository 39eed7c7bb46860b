import type { PoolWorker } from './poolWorker.js';
import { DONE, SIGNALS } from './signals.js';

/** Milliseconds in which a worker must finish its share. */
const PATIENCE = 600_000;
/** Of them, the most that count for one turn of waiting: this program may have been stopped meanwhile, and the workers with it. */
const TURN = 10;

/** Why a kernel won't end. */
interface Problem {
  received: string;
  fix: string;
  /** Whether that thread may still write somewhere. */
  isLasting: boolean;
}

/** Sleeps until every share that a worker has begun is done: all that there is to do on a busy machine. @returns why that won't be */
export function awaitShares(signals: Int32Array, workers: readonly PoolWorker[]): Problem | undefined {
  let waited = 0;
  let last = performance.now();
  while (!isDone(signals)) {
    const now = performance.now();
    waited += Math.min(TURN, now - last);
    last = now;
    const [unfinished, lost] = unfinishedShares(signals, workers);
    if (lost.length > 0 && unfinished === lost.length && Atomics.load(signals, SIGNALS.remaining) !== 0) {
      // The next share of such a thread can be taken again, and the caller does.
      for (const ticket of lost) {
        const even = (signals[ticket]! + (signals[ticket]! & 1)) | 0;
        signals[ticket] = even;
        signals[ticket + DONE] = even;
      }
      const fix = 'Go on from what was saved last.';
      return { received: 'a worker thread that ended in it', fix, isLasting: false };
    }
    if (waited < PATIENCE) continue;
    const fix = 'Restart the program, and go on from what was saved last.';
    return { received: 'a worker thread that does not answer', fix, isLasting: true };
  }
  return undefined;
}

/** Whether no share is left after a millisecond. */
function isDone(signals: Int32Array): boolean {
  Atomics.store(signals, SIGNALS.callerParked, 1);
  const remaining = Atomics.load(signals, SIGNALS.remaining);
  if (remaining !== 0) Atomics.wait(signals, SIGNALS.remaining, remaining, 1);
  Atomics.store(signals, SIGNALS.callerParked, 0);
  return Atomics.load(signals, SIGNALS.remaining) === 0;
}

/** How many shares are not done, and the tickets of those that never will be, as their threads have ended. */
function unfinishedShares(
  signals: Int32Array,
  workers: readonly PoolWorker[],
): [count: number, lost: number[]] {
  let count = 0;
  const lost: number[] = [];
  for (const [i, { hasEnded }] of workers.entries()) {
    // asked first: it may finish meanwhile
    const ticket = SIGNALS.firstTicket + 16 * (i + 1);
    if (Atomics.load(signals, ticket) === Atomics.load(signals, ticket + DONE)) continue;
    count++;
    if (hasEnded) lost.push(ticket);
  }
  return [count, lost];
}
