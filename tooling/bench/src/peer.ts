import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Failed, ProfileAnswer, Ready, Request, RunAnswer, StepProfile } from './protocol.ts';

/** How to start a peer's program. */
export interface PeerCommand {
  command: string;
  args: string[];
  /** On top of this process's environment. */
  env?: NodeJS.ProcessEnv;
}

/** A peer that takes longer than this for one answer would hold up all the others. */
const LIMIT_SECONDS = 300;
/** What a program has to end in when its stdin does. */
const PATIENCE_SECONDS = 5;

/** A program that works on request, in a process of its own, kept alive between measurements. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<string>;
  #errors = '';
  #facts: Ready['ready'] = { description: '', versions: {}, threads: 0, parameters: 0 };

  private constructor(child: ChildProcess, lines: Interface) {
    this.#child = child;
    this.#lines = lines[Symbol.asyncIterator]();
    child.stderr?.on('data', (chunk) => {
      this.#errors = (this.#errors + chunk).slice(-2000);
    });
    // A request to a program that has just ended: the missing answer tells.
    child.stdin?.on('error', () => {});
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => {
        resolve(signal === null ? `the program ended with exit code ${code}` : `ended by ${signal}`);
      });
    });
  }

  /** Starts a program and waits until it is ready. Rejects with what it says, or with the end of its stderr. */
  static async start({ command, args, env = {} }: PeerCommand): Promise<Peer> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const stop = () => child.kill('SIGKILL');
    process.once('exit', stop);
    child.once('close', () => process.off('exit', stop));
    const peer = new Peer(child, createInterface({ input: child.stdout }));
    peer.#facts = (await peer.#read<Ready>()).ready;
    return peer;
  }

  /** What the program says it is. */
  get facts(): Ready['ready'] {
    return this.#facts;
  }

  /** Works for so many steps. Rejects when the program ends, fails or takes longer than five minutes. */
  async run(steps: number): Promise<RunAnswer> {
    return await this.#ask<RunAnswer>({ steps });
  }

  /** Where the time of a step goes, of so many; undefined where the program can't tell. */
  async profile(steps: number): Promise<StepProfile | undefined> {
    return (await this.#ask<ProfileAnswer>({ profile: steps })).profile;
  }

  /** Ends the program, and with it the memory it holds; by force if it doesn't end by itself. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_SECONDS * 1000);
    await this.#exited;
    clearTimeout(timer);
  }

  async #ask<Answer>(request: Request): Promise<Answer> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    return await this.#read<Answer>();
  }

  async #read<Answer>(): Promise<Answer> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#child.kill('SIGKILL');
    }, LIMIT_SECONDS * 1000);
    try {
      for (;;) {
        const { value, done } = await this.#lines.next();
        if (late) throw new Error(`not done after ${LIMIT_SECONDS} s`);
        if (done) throw await this.#unexpectedEnd();
        if (!value.startsWith('{')) continue; // what a library has to say
        const answer = JSON.parse(value) as Answer & Partial<Failed>;
        if (answer.failed === undefined) return answer;
        await this.stop();
        throw new Error(answer.failed);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #unexpectedEnd(): Promise<Error> {
    const end = await this.#exited;
    const last = this.#errors.trim().split('\n').at(-1);
    return new Error(last ? `${end}: ${last}` : end);
  }
}
