import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** A program that trains on request, in a process of its own, kept alive between measurements. */
export class Peer {
  readonly name: string;
  readonly #lines: AsyncIterator<string>;
  readonly #process: ChildProcess;
  /** What the program says it is, with versions. */
  description = '';

  private constructor(name: string, process: ChildProcess, lines: Interface) {
    this.name = name;
    this.#process = process;
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Starts a program and waits until it is ready. Rejects with the end of its stderr if it doesn't get there. */
  static async start(
    name: string,
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<Peer> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-2000);
    });
    const peer = new Peer(name, child, createInterface({ input: child.stdout }));
    try {
      peer.description = (await Promise.race([peer.#read<{ ready: string }>(), failed])).ready;
    } catch (error) {
      throw new Error(`${name}: ${errors.trim().split('\n').at(-1) || (error as Error).message}`);
    }
    return peer;
  }

  /** Trains `steps` steps and returns the seconds they took. */
  async run(steps: number): Promise<number> {
    this.#process.stdin!.write(`${JSON.stringify({ steps })}\n`);
    return (await this.#read<{ seconds: number }>()).seconds;
  }

  stop(): void {
    this.#process.kill();
  }

  async #read<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name}: the process ended`);
    return JSON.parse(value) as T;
  }
}
