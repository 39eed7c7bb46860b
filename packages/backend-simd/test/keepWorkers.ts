import * as workerThreads from 'node:worker_threads';
import { vi } from 'vitest';

/** The worker threads of a backend that is started afterwards, until mocks are restored. */
export function keepWorkers(): workerThreads.Worker[] {
  const workers: workerThreads.Worker[] = [];
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) => {
    if (name !== 'node:worker_threads') return undefined; // as in a page: nothing else is asked for then
    class Kept extends workerThreads.Worker {
      constructor(...given: ConstructorParameters<typeof workerThreads.Worker>) {
        super(...given);
        workers.push(this);
      }
    }
    return { ...workerThreads, Worker: Kept };
  }) as typeof process.getBuiltinModule);
  return workers;
}
