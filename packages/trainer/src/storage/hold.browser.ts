import { TrainerError } from '../error.js';

const RETRY_MILLISECONDS = 100;

export interface HoldOptions {
  /** Milliseconds to wait for another's hold to end: a page that is loaded again may come before its old worker is gone. Default 3000. */
  patience?: number;
}

/**
 * Does `work` while no other tab or worker of the page's origin holds `folder`: two runs that keep their checkpoints in one
 * folder would overwrite each other's. The hold (a Web Lock) ends with `work`, and with the tab or the worker, however that
 * ends. A browser without Web Locks, which has no origin-private file system either, does `work` without one.
 *
 * @param folder as `opfsStorage` takes it
 * @throws TrainerError `IN_USE` when another still holds it after `patience`; what `work` throws.
 *
 * @example
 * await holdOpfsFolder('runs/first', () => trainer.fit(model, data));
 */
export async function holdOpfsFolder<T>(
  folder: string,
  work: () => Promise<T>,
  { patience = 3000 }: HoldOptions = {},
): Promise<T> {
  if (navigator.locks === undefined) return work();
  const name = `@residual/trainer: ${folder.split('/').filter(Boolean).join('/')}`;
  const deadline = performance.now() + patience;
  // Asked again and again, not queued with a time limit: a busy worker may see the limit before it sees that it has the lock.
  for (;;) {
    const isLast = performance.now() >= deadline;
    const done = await navigator.locks.request(
      name,
      { ifAvailable: true },
      async (lock) => lock && { value: await work() },
    );
    if (done !== null) return done.value;
    if (isLast) throw inUse(folder);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
  }
}

function inUse(where: string): TrainerError {
  return new TrainerError('IN_USE', {
    where,
    expected: 'a folder that no other tab or worker is using',
    received: 'one in use',
    fix: 'Stop the run in the other tab, or close that tab, and try again.',
  });
}
