import { constants } from 'node:os';
import { isatty } from 'node:tty';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What asks the process to end; SIGPIPE stands for a stdout that nobody reads any more. */
export type StopSignal = (typeof SIGNALS)[number] | 'SIGPIPE';

/**
 * Ctrl-C reaches the process from the terminal and, where another program such as pnpm started it, maybe from that
 * once more. Signals this close together are one.
 */
const SAME_KEYSTROKE_MS = 300;

/** Turns the first signal into a request to stop, which the work can honour in its own time; a second one ends the process. */
export class Interruption {
  readonly #controller = new AbortController();
  #first: { signal: StopSignal; at: number } | undefined;

  /**
   * A terminal that is closed sends SIGHUP to what it runs; what has none is meant to outlive it, such as under nohup, and goes on.
   *
   * @param onFirst tells the user what will happen now
   */
  constructor(
    private readonly onFirst: (signal: StopSignal) => void,
    hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor)),
  ) {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (signal !== 'SIGHUP' || hasTerminal) this.request(signal);
      });
    }
  }

  /** Aborted by the first request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How to end, once a request came: 128 and the signal's number, as shells count. */
  get exitCode(): number | undefined {
    return this.#first && exitCodeOf(this.#first.signal);
  }

  request(signal: StopSignal): void {
    const now = performance.now();
    if (this.#first === undefined) {
      this.#first = { signal, at: now };
      this.#controller.abort();
      this.onFirst(signal);
    } else if (now - this.#first.at > SAME_KEYSTROKE_MS) {
      process.exit(exitCodeOf(signal));
    }
  }
}

/** What work gives; undefined where the signal stopped it. */
export async function stoppable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** The same of work that is under way, whatever it ends with once the signal came. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function exitCodeOf(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}
