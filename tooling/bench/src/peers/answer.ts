import { createInterface } from 'node:readline';
import type { Failed, ProfileAnswer, Ready, Request, RunAnswer, StepProfile } from '../protocol.ts';
import { timed } from './timed.ts';

/** What a peer's program can do. */
export interface Program {
  ready: Ready['ready'];
  run(steps: number): Promise<RunAnswer>;
  /** Where the time of a step goes. */
  profile?(steps: number): Promise<StepProfile | undefined>;
  /** Called when nothing more is asked. */
  stop?(): Promise<void>;
}

const say = (message: Ready | RunAnswer | ProfileAnswer | Failed) => console.log(JSON.stringify(message));

/** The end of a peer's program that speaks protocol.ts: reports, then does what it is asked until its stdin ends. */
export async function answer(start: () => Promise<Program>): Promise<void> {
  try {
    const { ready, run, profile, stop } = await start();
    say({ ready });
    for await (const line of createInterface({ input: process.stdin })) {
      const request = JSON.parse(line) as Request;
      say('steps' in request ? await run(request.steps) : { profile: await profile?.(request.profile) });
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
