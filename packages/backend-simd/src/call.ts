/** A kernel to run, and about how many float operations it is: small ones aren't worth waking threads for. */
export interface Call {
  kernel: string;
  work: number;
}

/** Float operations that take about as long as waking a sleeping thread. */
const WORK_PER_THREAD = 40_000;

/** The most threads that are worth their waking; as many as there are for a kernel without a known size. */
export function threadsFor(call: string | Call): number {
  const work = typeof call === 'string' ? Number.POSITIVE_INFINITY : call.work;
  return Math.max(1, Math.floor(work / WORK_PER_THREAD));
}
