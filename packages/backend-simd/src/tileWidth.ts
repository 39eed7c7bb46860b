import { LEAST_MEMORY, SimdMemory } from './memory.js';
import { ThreadPool } from './pool.js';

export type TileWidth = 8 | 16;

/** The columns of a matrix product's tile, and why. The bits of results don't depend on it. */
export interface TileChoice {
  width: TileWidth;
  /** The fastest that each ran, in 10^9 float operations a second. */
  speeds: Record<TileWidth, number>;
  /** What decided, in words. */
  reason: string;
}

const ROWS = 6;
/** A slice of a panel that fits the first-level cache: matrix/gemmBlocks.ts. */
const DEPTH = 320;
/** Clocks of pages that aren't cross-origin isolated tick every 0.1 ms. */
const ROUND_MS = globalThis.crossOriginIsolated === false ? 1 : 0.15;
/** Rounds of each width, after the engine has optimised it, when a measurement ends. */
const ROUNDS = 10;
const LIMIT_MS = 20;
/** How much faster than in its first rounds a tile is once the engine has optimised it: in V8 it is 4 to 10 times. */
const OPTIMIZED = 2;
/** How much faster the other width must be to overrule what is known: more than the noise of a busy machine. */
const CLEARLY = 1.15;

const choices = new WeakMap<WebAssembly.Module, TileChoice>();

/**
 * Measures both tiles, once for a program: some milliseconds, at most 20.
 *
 * A tile of 16 columns wins where the engine joins two 128-bit instructions into one of 256 bits, and loses where its 24
 * accumulators don't fit the registers. That is known beforehand for some versions of V8 only.
 *
 * @param expected what is known: stays unless the other is clearly faster
 */
export async function chooseTileWidth(
  module: WebAssembly.Module,
  shared: boolean,
  expected: TileWidth,
): Promise<TileChoice> {
  const existing = choices.get(module);
  if (existing !== undefined) return existing;
  const memory = new SimdMemory(shared, LEAST_MEMORY);
  const pool = await ThreadPool.start(module, memory, 1);
  // a, b, the result, and tables of addresses
  const pointers = [ROWS * DEPTH, 16 * DEPTH, ROWS * 16, 16 + DEPTH].map((floats) =>
    memory.heap.allocate(4 * floats),
  );
  const kernel = pool.find('repeatTile');
  const run = (width: TileWidth, count: number) =>
    pool.run(kernel, memory.writeArguments([width, count, DEPTH, ...pointers]), 1);
  const choice = compareTiles(run, expected);
  choices.set(module, choice);
  return choice;
}

/**
 * @param run computes that many tiles of a width
 * @param now milliseconds
 */
export function compareTiles(
  run: (width: TileWidth, count: number) => void,
  expected: TileWidth,
  now: () => number = () => performance.now(),
): TileChoice {
  const start = now();
  const [narrow, wide] = [new Stopwatch(run, 8, now), new Stopwatch(run, 16, now)];
  // In turns, so that whatever else the machine does slows down both.
  while (Math.min(narrow.rounds, wide.rounds) < ROUNDS && now() - start < LIMIT_MS) {
    narrow.measure();
    wide.measure();
  }
  const speeds = { 8: narrow.speed, 16: wide.speed };
  const other = expected === 8 ? 16 : 8;
  // Before the engine has optimised both, they tell nothing.
  const measured = Math.min(narrow.rounds, wide.rounds) >= ROUNDS / 2;
  if (!measured) return { width: expected, speeds, reason: 'by what is known of this engine' };
  const isClear = speeds[other] > CLEARLY * speeds[expected];
  return { width: isClear ? other : expected, speeds, reason: 'the faster' };
}

/** Measures one tile, round by round. */
class Stopwatch {
  /** Since the engine has optimised the tile. */
  rounds = 0;
  /** The fastest round. */
  speed = 0;
  readonly #firstSpeeds: number[] = [];
  #tiles: number;

  constructor(
    private readonly run: (width: TileWidth, count: number) => void,
    private readonly width: TileWidth,
    private readonly now: () => number,
  ) {
    this.#tiles = 128 / width;
  }

  measure(): void {
    const start = this.now();
    this.run(this.width, this.#tiles);
    const milliseconds = Math.max(this.now() - start, 1e-3);
    const speed = (this.#tiles * 2 * ROWS * DEPTH * this.width) / 1e6 / milliseconds;
    if (milliseconds < ROUND_MS) this.#tiles *= 2;
    if (this.#firstSpeeds.length < 3) this.#firstSpeeds.push(speed);
    else if (speed > OPTIMIZED * Math.max(...this.#firstSpeeds)) this.rounds++;
    this.speed = Math.max(this.speed, speed);
  }
}
