import type { RunAnswer } from '../protocol.ts';

export async function timed(run: () => Promise<void>): Promise<RunAnswer> {
  const start = performance.now();
  await run();
  return { seconds: (performance.now() - start) / 1000 };
}
