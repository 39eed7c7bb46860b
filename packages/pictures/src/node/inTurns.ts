/** As many as libuv's pool decodes at a time; more would only take memory. */
const AT_A_TIME = 4;
/** How far those that are quick may be ahead of one that takes long. */
const AHEAD = 64;

/** Lets so many tasks run at a time; the others wait for their turn. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(atATime = AT_A_TIME) {
    this.#free = atATime;
  }

  /** When it is one's turn. */
  async take(): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
  }

  /** The turn of the next one. */
  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

/** Runs a task for each number below `count`, some at a time. */
export async function inTurns(
  count: number,
  run: (i: number) => Promise<void>,
  atATime = AT_A_TIME,
): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const worker = async () => {
    try {
      while (next < count && !hasFailed) await run(next++);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(atATime, count) }, worker));
  for (const ended of workers) if (ended.status === 'rejected') throw ended.reason;
}

/** Makes a value for each number below `count`, some at a time, and takes them one by one, in order. */
export async function inOrder<Value>(
  count: number,
  make: (i: number) => Promise<Value>,
  take: (value: Value, i: number) => Promise<void>,
  atATime?: number,
): Promise<void> {
  const made = new Map<number, Value>();
  let taken = 0;
  let taking: Promise<void> | undefined;
  const takeAll = async () => {
    for (; made.has(taken); taken++) {
      const value = made.get(taken)!;
      made.delete(taken);
      await take(value, taken);
    }
  };
  await inTurns(
    count,
    async (i) => {
      made.set(i, await make(i));
      do {
        taking ??= takeAll().finally(() => {
          taking = undefined;
        });
        await taking;
      } while (made.has(taken) || (i >= taken + AHEAD && (await aMoment())));
    },
    atATime,
  );
}

async function aMoment(): Promise<true> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return true;
}
