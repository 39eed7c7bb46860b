import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PictureHeader } from '../fileKinds.js';
import type { Decoded } from './keptPicture.js';
import { kernels } from './kernels.js';
import type { DecodeLimits } from './limits.js';
import { inSlot, type SlotFacts, slotMemory } from './packSlots.js';
import type { PackQuestion, PackWork } from './packWorker.js';

/** Beside the package's own build; a source tree and some bundles have none. */
const PROGRAM = new URL('./packWorker.js', import.meta.url);
/** Fewer pictures are done before threads have begun. */
const FEWEST = 128;
const MOST_THREADS = 8;
/** Pictures of a message, and messages that a thread has before it: it never waits for the next. */
const OF_MESSAGE = 8;
const AHEAD = 2;

/** Pictures that are made and not packed yet: more than those that wait for one before them. */
const SLOTS = 96;

type Answer = PictureHeader | SlotFacts | undefined;
interface Asked {
  readonly path: string;
  readonly slot: number;
  readonly resolve: (answer: Answer) => void;
}
interface Thread {
  readonly worker: Worker;
  /** Message by message. */
  readonly asked: Asked[][];
}

/** Threads that look at JPEGs and make them to be packed, one for each core. They begin when they are first asked. */
export class PackWorkers {
  /** How many pictures they are to be asked for at a time. */
  readonly atATime: number;
  readonly #program: URL;
  readonly #waiting: Asked[] = [];
  readonly #limits: DecodeLimits;
  #threads: Thread[] | undefined;
  #work: PackWork | undefined;
  readonly #memory = slotMemory(SLOTS);
  readonly #slots = Array.from({ length: SLOTS }, (_, i) => i);
  #count = Math.min(MOST_THREADS, availableParallelism());

  /** Undefined where they can't be had, or aren't worth it for so many pictures. */
  static of(pictures: number, limits: Required<DecodeLimits>, program = PROGRAM): PackWorkers | undefined {
    const isThere = program.protocol === 'file:' && existsSync(fileURLToPath(program));
    return isThere && pictures >= FEWEST ? new PackWorkers(limits, program) : undefined;
  }

  private constructor(limits: Required<DecodeLimits>, program: URL) {
    this.#limits = limits;
    this.#program = program;
    this.atATime = this.#count * AHEAD * OF_MESSAGE;
  }

  /** A picture's header; undefined for what they leave to others. */
  look(path: string): Promise<PictureHeader | undefined> {
    return this.#ask(path, -1) as Promise<PictureHeader | undefined>;
  }

  /** From now on they don't look at pictures but make them. */
  begin(work: PackWork): void {
    this.#work = work;
    for (const { worker } of this.#threads ?? []) worker.postMessage(work);
  }

  /**
   * What is packed of a picture; undefined for what they leave to others.
   *
   * @returns with `release`, to be called when its parts are needed no longer: they lie in memory that another picture gets
   */
  async make(path: string): Promise<(Decoded & { release(): void }) | undefined> {
    const slot = this.#slots.pop();
    if (slot === undefined) return undefined;
    const facts = (await this.#ask(path, slot)) as SlotFacts | undefined;
    const release = () => this.#slots.push(slot);
    if (facts !== undefined) return { ...inSlot(this.#memory, slot, facts), release };
    release();
    return undefined;
  }

  async stop(): Promise<void> {
    await Promise.all((this.#threads ?? []).map(({ worker }) => worker.terminate()));
    this.#threads = undefined;
  }

  #ask(path: string, slot: number): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.push({ path, slot, resolve });
      if (this.#waiting.length === 1) setImmediate(() => this.#send());
    });
  }

  #started(): Thread[] {
    kernels(); // what the engine has compiled for one thread it has for all
    this.#threads ??= Array.from({ length: this.#count }, () => {
      const workerData = { limits: this.#limits, memory: this.#memory };
      const thread: Thread = { worker: new Worker(this.#program, { workerData }), asked: [] };
      thread.worker.on('message', (answers: Answer[]) => {
        for (const [i, { resolve }] of (thread.asked.shift() ?? []).entries()) resolve(answers[i]);
        this.#send();
      });
      if (this.#work !== undefined) thread.worker.postMessage(this.#work);
      thread.worker.on('error', () => this.#lose(thread)); // such as no memory
      return thread;
    });
    return this.#threads;
  }

  #send(): void {
    const threads = this.#started();
    while (this.#waiting.length > 0) {
      const [thread] = threads
        .filter(({ asked }) => asked.length < AHEAD)
        .sort((a, b) => a.asked.length - b.asked.length);
      if (thread === undefined) break;
      const asked = this.#waiting.splice(0, OF_MESSAGE);
      thread.asked.push(asked);
      const question: PackQuestion = {
        paths: asked.map(({ path }) => path),
        slots: asked.map(({ slot }) => slot),
      };
      thread.worker.postMessage(question);
    }
    if (threads.length === 0) for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
  }

  #lose(lost: Thread): void {
    this.#threads?.splice(this.#threads.indexOf(lost), 1);
    for (const { resolve } of lost.asked.flat()) resolve(undefined);
    this.#send();
  }
}
