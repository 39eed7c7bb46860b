import { LogsError } from '../error.js';
import type { LogPoint } from '../points.js';

/** How a run ended. */
export type RunEnd = 'completed' | 'aborted' | 'failed';

/** A server that keeps logs. */
export interface LogServer {
  /** For people, such as `MLflow at http://localhost:5000`. */
  readonly name: string;
  /**
   * Sends points; the same ones again where it is not known whether they arrived.
   *
   * @param from the number of the first, of all of the run
   */
  send(points: readonly LogPoint[], from: number, signal?: AbortSignal): Promise<void>;
  /** Tells how the run ended. */
  close?(end: RunEnd, time: number, signal?: AbortSignal): Promise<void>;
}

export interface DeliveryOptions {
  /** How many points of the run the server has already. Default 0. */
  from?: number;
  /** How many points wait at most; later ones are counted, and left out. Default 10,000. */
  most?: number;
  /** Called once, in a sentence, when the server doesn't take points. */
  onWarning?(message: string): void;
  /** Called with the number of points that the server has, when it has more. */
  onDelivered?(count: number): void;
}

/** What became of a run's points. */
export interface Delivered {
  /** The server has so many of the first. */
  delivered: number;
  missing: number;
  /** Why; undefined where nothing failed. */
  reason?: string;
}

/** In one request. */
const BATCH = 200;
/** In milliseconds: how long points are gathered, an answer is waited for, and what lies between tries, each time twice as much. */
const [GATHER, ANSWER, FIRST_PAUSE, LONGEST_PAUSE] = [1000, 60_000, 1000, 60_000];

/**
 * Brings a run's points to a server while the run goes on: whatever the server does, `add` returns at once and never throws.
 * What doesn't arrive waits, and is sent again.
 *
 * @example
 * const delivery = new Delivery(new MlflowServer(options), { onWarning: console.warn });
 * delivery.add(point); // for each
 * const { missing } = await delivery.finish('completed');
 */
export class Delivery {
  readonly #waiting: LogPoint[] = [];
  readonly #most: number;
  readonly #end = new AbortController();
  /** Of all points, and of those that the server has. */
  #count = 0;
  #delivered: number;
  #isFull = false;
  #isRefused = false;
  #failures = 0;
  #reason: string | undefined;
  #hasWarned = false;
  #work: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly server: LogServer,
    private readonly options: DeliveryOptions = {},
  ) {
    this.#delivered = options.from ?? 0;
    this.#most = options.most ?? 10_000;
  }

  /** The next point of the run. */
  add(point: LogPoint): void {
    const number = this.#count++;
    if (number < (this.options.from ?? 0)) return;
    // No hole is left: who delivers the rest later begins at a number.
    this.#isFull ||= this.#waiting.length >= this.#most;
    if (this.#isFull || this.#isRefused) return;
    this.#waiting.push(point);
    this.#wake(GATHER);
  }

  /**
   * Sends what waits, for as long as is given, and tells the server how the run ended.
   *
   * @param time of the end, in seconds since 1970
   * @param seconds that may be spent; a server that has failed so far is tried once more
   */
  async finish(end: RunEnd, time: number, seconds = 10): Promise<Delivered> {
    const timer = setTimeout(() => this.#end.abort(), 1000 * seconds);
    clearTimeout(this.#timer);
    await this.#work;
    clearTimeout(this.#timer);
    while (this.#waiting.length > 0 && !this.#isRefused && !this.#end.signal.aborted) {
      const hadFailed = this.#failures > 0;
      if (!(await this.#send()) && hadFailed) break;
    }
    const missing = Math.max(0, this.#count - this.#delivered);
    if (missing === 0 && !this.#isRefused) await this.#close(end, time);
    clearTimeout(timer);
    return { delivered: this.#delivered, missing, reason: this.#reason };
  }

  #wake(after: number): void {
    if (this.#timer !== undefined || this.#work !== undefined || this.#end.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#work = this.#sendAll().finally(() => {
        this.#work = undefined;
        if (this.#waiting.length > 0 && !this.#isRefused) this.#wake(this.#pause);
      });
    }, after);
    // In Node, nothing that waits here keeps the program alive.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  get #pause(): number {
    return this.#failures === 0 ? GATHER : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#failures - 1));
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && (await this.#send()));
  }

  /** Whether the first of those that wait have arrived. */
  async #send(): Promise<boolean> {
    const points = this.#waiting.slice(0, BATCH);
    try {
      await this.server.send(points, this.#delivered, this.#signal);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    this.#failures = 0;
    this.#reason = undefined;
    this.#waiting.splice(0, points.length);
    this.#delivered += points.length;
    this.options.onDelivered?.(this.#delivered);
    return true;
  }

  async #close(end: RunEnd, time: number): Promise<void> {
    try {
      await this.server.close?.(end, time, this.#signal);
    } catch (error) {
      this.#fail(error);
    }
  }

  get #signal(): AbortSignal {
    return AbortSignal.any([AbortSignal.timeout(ANSWER), this.#end.signal]);
  }

  #fail(error: unknown): void {
    const { message } = error as Error;
    this.#failures++;
    this.#reason = message;
    this.#isRefused = error instanceof LogsError && error.code === 'REFUSED';
    if (this.#isRefused) this.#waiting.length = 0;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const what = this.#isRefused ? 'is sent nothing more' : 'is tried again while the run goes on';
    this.options.onWarning?.(`${this.server.name} ${what}. ${message}`);
  }
}
