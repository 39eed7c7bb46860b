import { vi } from 'vitest';

/**
 * The address of a worker that does this once it is told what to do: `memory`, `thread`, `signals` as pool.ts has them, and `words`,
 * `ticket`; `ready()` says that it waits, and `take()` waits for a share and takes it.
 */
export function workerThat(body: string): URL {
  const text = `
    import { parentPort } from 'node:worker_threads';
    parentPort.once('message', ({ memory, thread, signals }) => {
      const words = new Int32Array(memory.buffer, 0, 8192);
      const ticket = signals.firstTicket + 16 * thread;
      const ready = () => parentPort.postMessage({ ready: thread });
      const take = () => {
        for (;;) {
          const waiting = Atomics.load(words, ticket);
          if (waiting % 2 === 0) Atomics.wait(words, ticket, waiting, 1);
          else if (Atomics.compareExchange(words, ticket, waiting, waiting + 1) === waiting) return;
        }
      };
      ${body}
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

/** Lets each share be taken by its worker: else the caller takes those that a busy machine has no time for. */
export function waitUntilTaken(): void {
  const { add } = Atomics;
  vi.spyOn(Atomics, 'add').mockImplementation(((words: Int32Array, ticket: number, value: number) => {
    const before = add(words, ticket, value);
    while (Atomics.load(words, ticket) === before + value) Atomics.wait(words, ticket, before + value, 1);
    return before;
  }) as typeof Atomics.add);
}
