import { MOST_BYTES } from './mutate.ts';

/** More than any parser has. */
export const MOST_BRANCHES = 8192;

/** What a worker tells also when it hangs or dies: the memory that it shares with its watcher. */
export class Shared {
  readonly memory: SharedArrayBuffer;
  /** 1 for each branch that was reached. */
  readonly reached: Uint8Array;
  readonly #numbers: Int32Array;
  readonly #input: Uint8Array;

  constructor(memory = new SharedArrayBuffer(16 + MOST_BRANCHES + MOST_BYTES)) {
    this.memory = memory;
    this.#numbers = new Int32Array(memory, 0, 4);
    this.reached = new Uint8Array(memory, 16, MOST_BRANCHES);
    this.#input = new Uint8Array(memory, 16 + MOST_BRANCHES);
  }

  /** How many inputs were begun. */
  get executions(): number {
    return Atomics.load(this.#numbers, 0);
  }

  /** The one that was begun last; undefined between two. */
  get input(): Uint8Array | undefined {
    const length = Atomics.load(this.#numbers, 1);
    return length === 0 ? undefined : Uint8Array.from(this.#input.subarray(0, length - 1));
  }

  begin(bytes: Uint8Array): void {
    this.#input.set(bytes);
    Atomics.store(this.#numbers, 1, bytes.length + 1);
    Atomics.add(this.#numbers, 0, 1);
  }

  end(): void {
    Atomics.store(this.#numbers, 1, 0);
  }
}
