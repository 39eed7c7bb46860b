import { nodeModule } from './node.js';

/** Milliseconds in which a worker must be ready: on a machine that swaps, starting one takes minutes. */
const LONGEST_START = 300_000;

/** What a worker is told when it starts. */
export interface WorkerStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  thread: number;
  /** Where the words are by which it is spoken to. */
  signals: Readonly<Record<string, number>>;
}

/** A worker of Node's or of a page. */
export interface PoolWorker {
  /** Resolves once the worker waits for kernels. Rejects where it fails or ends before, or says nothing for minutes. */
  start(message: WorkerStart): Promise<void>;
  /** Whether its thread has ended, also while this thread's events wait: Node knows that, a page doesn't. */
  readonly hasEnded: boolean;
  terminate(): void;
}

/** @param address of worker.js; default: beside this module */
export function createWorker(address?: string | URL): PoolWorker {
  const workerThreads = nodeModule('node:worker_threads');
  return workerThreads === undefined ? workerOfPage(address) : workerOfNode(workerThreads, address);
}

function workerOfNode(
  { Worker }: NonNullable<ReturnType<typeof nodeModule<'node:worker_threads'>>>,
  address: string | URL | undefined,
): PoolWorker {
  const worker = new Worker(
    // Node takes an address in a string for a path.
    /^file:/.test(String(address)) ? new URL(address!) : (address ?? new URL('./worker.js', import.meta.url)),
  );
  let hasEnded = false;
  let isWanted = true;
  // Below 0 for a thread that is no more, where it was asked for before. Deno and Bun don't say so.
  const idleTime = () => worker.performance?.eventLoopUtilization?.().idle;
  const start = (message: WorkerStart) =>
    inTime((resolve, reject) => {
      worker.on('error', reject);
      worker.once('exit', () => {
        hasEnded = true;
        reject(new Error('it ended'));
      });
      worker.once('message', () => {
        // From here on it must not keep the process alive.
        worker.unref();
        idleTime();
        worker.once('exit', () => {
          if (isWanted)
            console.warn(`simd: worker thread ${message.thread} has ended. Another does its work.`);
        });
        resolve();
      });
      worker.postMessage(message);
    });
  return {
    start,
    get hasEnded() {
      return hasEnded || idleTime() < 0;
    },
    terminate() {
      isWanted = false;
      void worker.terminate();
    },
  };
}

function workerOfPage(address: string | URL | undefined): PoolWorker {
  const worker = address
    ? new Worker(address, { type: 'module' })
    : new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }); // in one line, which bundlers know
  const start = (message: WorkerStart) =>
    inTime((resolve, reject) => {
      worker.onerror = (event) => reject(event.message);
      worker.onmessage = () => resolve();
      worker.postMessage(message);
    });
  return { start, hasEnded: false, terminate: () => worker.terminate() };
}

/** As `new Promise`, which is rejected when it has waited for long. */
async function inTime(
  begin: (resolve: () => void, reject: (reason: unknown) => void) => void,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer for 5 minutes')), LONGEST_START);
  });
  try {
    await Promise.race([new Promise<void>(begin), late]);
  } finally {
    clearTimeout(timer);
  }
}
