/**
 * The words in the first page of the memory through which the threads talk; each on a cache line of its own.
 *
 * A worker's ticket is odd while its share of a kernel waits to be taken, by the worker or, when that is not running
 * just now, by the caller; whoever makes it even computes the share and then counts `remaining` down.
 */
export const SIGNALS = {
  remaining: 16,
  callerParked: 32,
  failed: 33,
  kernel: 48,
  args: 49,
  threads: 50,
  firstTicket: 64,
};

/** From a worker's ticket to what it was when its last share was done. */
export const DONE = 2;
