import { createInterface } from 'node:readline';
import type { Failed, Ready, RunAnswer, RunRequest } from '../protocol.ts';
import { timed } from './timed.ts';

/** What a peer's program can do. */
export interface Program {
  ready: Ready['ready'];
  run(steps: number): Promise<RunAnswer>;
  /** Called when nothing more is asked. */
  stop?(): Promise<void>;
}

const say = (message: Ready | RunAnswer | Failed) => console.log(JSON.stringify(message));

/** The end of a peer's program that speaks protocol.ts: reports, then does what it is asked until its stdin ends. */
export async function answer(start: () => Promise<Program>): Promise<void> {
  try {
    const { ready, run, stop } = await start();
    say({ ready });
    for await (const line of createInterface({ input: process.stdin })) {
      const { steps } = JSON.parse(line) as RunRequest;
      say(await run(steps));
    }
    await stop?.();
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
}

/** Runs in this process, whose memory it reports. */
export async function runHere(run: () => Promise<void>): Promise<RunAnswer> {
  return { ...(await timed(run)), peakMemoryBytes: process.resourceUsage().maxRSS * 1024 };
}
