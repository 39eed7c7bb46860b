export interface PaceOptions {
  /** Milliseconds between the end of one run and the next that is only wished for. */
  leastPause: number;
  /** Of the time, in (0, 1]: after a run that took 1 s and a share of 0.1, the pause is at least 9 s. */
  share: number;
}

/**
 * Repeats a piece of work while something changes: never twice at once, never more often than the options allow, and
 * always once more after the last change.
 */
export class Pace {
  #running = false;
  #again: 'wished' | 'now' | undefined;
  #earliest = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param work Handles its own failures: what it throws is an unhandled rejection. */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly options: PaceOptions,
  ) {}

  /** The work is out of date: repeat it when the pause is over. */
  wish(): void {
    if (this.#running) this.#again ??= 'wished';
    else this.#timer ??= setTimeout(() => void this.#run(), Math.max(0, this.#earliest - performance.now()));
  }

  /** Repeats the work at once, or right after a run in progress, which may have begun too early. */
  now(): void {
    if (this.#running) this.#again = 'now';
    else void this.#run();
  }

  /** Forgets what is wished for. A run in progress ends as usual. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = undefined;
  }

  async #run(): Promise<void> {
    this.rest();
    this.#running = true;
    const begin = performance.now();
    try {
      await this.work();
    } finally {
      this.#running = false;
      const end = performance.now();
      const { leastPause, share } = this.options;
      this.#earliest = end + Math.max(leastPause, (end - begin) * (1 / share - 1));
    }
    const again = this.#again;
    this.#again = undefined;
    if (again === 'now') this.now();
    else if (again === 'wished') this.wish();
  }
}
