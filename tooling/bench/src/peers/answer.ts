import { createInterface } from 'node:readline';
import type { Failed, Ready, RunAnswer, RunRequest } from '../protocol.ts';

export interface Program {
  ready: Ready['ready'];
  run(steps: number): Promise<void>;
}

const say = (message: Ready | RunAnswer | Failed) => console.log(JSON.stringify(message));

/** The end of a peer's program that speaks protocol.ts: reports, then does what it is asked until its stdin ends. */
export async function answer(start: () => Promise<Program>): Promise<void> {
  try {
    const { ready, run } = await start();
    say({ ready });
    for await (const line of createInterface({ input: process.stdin })) {
      const { steps } = JSON.parse(line) as RunRequest;
      const begin = performance.now();
      await run(steps);
      const seconds = (performance.now() - begin) / 1000;
      say({ seconds, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 });
    }
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
}
