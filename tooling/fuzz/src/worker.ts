import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { drawsOf, joined, MOST_BYTES, Mutator } from './mutate.ts';
import { outcomeOf, type Problem } from './outcome.ts';
import type { Target } from './parser.ts';
import { Shared } from './shared.ts';

/** What a worker is to do. */
export interface Assignment {
  readonly memory: SharedArrayBuffer;
  /** How many branches are counted. */
  readonly branches: number;
  readonly words: readonly (string | number)[];
  readonly corpus: readonly Uint8Array[];
  readonly seed: number;
  /** 0: only what the corpus holds. */
  readonly seconds: number;
}

/** What a worker tells. */
export type Report =
  | { type: 'kept'; bytes: Uint8Array }
  | { type: 'problem'; problem: Problem; bytes: Uint8Array }
  /** `growth`: bytes of memory by which a thousand inputs more leave the heap larger. */
  | { type: 'end'; growth: number; corpus: readonly Uint8Array[] };

interface Entry {
  readonly bytes: Uint8Array;
  readonly reached: readonly number[];
}

const MOST_TRIMS = 100;
const ROUND = 1000;
const BETWEEN_TASKS = 100;
/** What every object has already: a file's own may be something else. */
const INHERITED = ['toString', 'valueOf', 'toJSON', 'constructor', '__proto__', 'length'];

/** Fuzzes a parser: mutates what reaches new branches, or known ones other times than before, and keeps it. */
export async function work(target: Target): Promise<void> {
  const { memory, branches, words, corpus, seed, seconds } = workerData as Assignment;
  const counters = ((globalThis as Record<string, unknown>).$branches as Uint32Array).subarray(0, branches);
  const shared = new Shared(memory);
  const draw = drawsOf(seed);
  const names = target.isJson ? INHERITED : [];
  const mutator = new Mutator(draw, [...words, ...names, ...(target.words ?? [])], seed);
  const tell = (report: Report) => parentPort!.postMessage(report);
  const entries: Entry[] = [];
  const known = new Set<string>();
  /** The numbers of times that a branch was taken in one input, a bit for each power of two. */
  const times = new Uint32Array(branches);
  /** By how many inputs a branch was reached. */
  const inputs = new Float64Array(branches);

  async function run(bytes: Uint8Array): Promise<void> {
    counters.fill(0);
    shared.begin(bytes);
    const problem = await outcomeOf(target, bytes);
    shared.end();
    // What the engine holds outside its heap for objects that are gone, such as zlib's, it lets go of between tasks alone.
    if (shared.executions % BETWEEN_TASKS === 0) await new Promise(setImmediate);
    if (problem === undefined || known.has(problem.what)) return;
    known.add(problem.what);
    tell({
      type: 'problem',
      problem,
      bytes: await smaller(bytes, async (less) => (await outcomeOf(target, less))?.what === problem.what),
    });
  }

  /** Takes note of what the last run reached; whether there was anything new in it. */
  function learn(): boolean {
    let isNew = false;
    for (let i = 0; i < branches; i++) {
      const count = counters[i]!;
      if (count === 0) continue;
      inputs[i]!++;
      const bit = 1 << Math.min(31 - Math.clz32(count), 7);
      if ((times[i]! & bit) !== 0) continue;
      times[i]! |= bit;
      shared.reached[i] = 1;
      isNew = true;
    }
    return isNew;
  }

  const reachedNow = () => [...counters.keys()].filter((i) => counters[i]! > 0);

  async function add(bytes: Uint8Array): Promise<void> {
    const reached = reachedNow();
    const pattern = counters.join();
    const small = await smaller(bytes, async (less) => {
      await run(less);
      return counters.join() === pattern;
    });
    entries.push({ bytes: small, reached });
    tell({ type: 'kept', bytes: small });
  }

  /** Half of the time one of those that reach a branch which few do. */
  function choose(): Entry {
    if (draw(2) === 0) return entries[draw(entries.length)]!;
    const first = entries[draw(entries.length)]!;
    const second = entries[draw(entries.length)]!;
    const rarest = ({ reached }: Entry) =>
      reached.reduce((least, i) => Math.min(least, inputs[i]!), Infinity);
    return rarest(first) <= rarest(second) ? first : second;
  }

  learn(); // what runs when a module is loaded
  for (const bytes of [...target.seeds(), ...corpus]) {
    if (bytes.length > MOST_BYTES) throw new Error(`a seed of ${bytes.length} bytes, at most ${MOST_BYTES}`);
    await run(bytes);
    const isNew = learn();
    if (isNew || entries.length === 0) entries.push({ bytes, reached: reachedNow() });
  }
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; ) {
    const { bytes } = choose();
    const changed =
      (target.isJson && draw(3) > 0 && mutator.json(bytes)) ||
      mutator.bytes(bytes, entries[draw(entries.length)]!.bytes);
    const repaired = target.repair !== undefined && draw(4) > 0 ? target.repair(changed) : changed;
    if (repaired.length > MOST_BYTES) continue;
    await run(repaired);
    if (learn()) await add(repaired);
  }

  const round = async () => {
    for (let i = 0; i < ROUND; i++) await run(entries[i % entries.length]!.bytes);
  };
  tell({ type: 'end', growth: await growthOf(round), corpus: smallest(entries) });
  parentPort!.close();
}

/** An input as short as can be of which the same holds: pieces are left out while it does. */
async function smaller(
  bytes: Uint8Array,
  holds: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let best = bytes;
  let tries = MOST_TRIMS;
  for (let piece = best.length >> 1; piece >= 1 && tries > 0; piece >>= 1) {
    for (let at = 0; at < best.length && tries > 0; tries--) {
      const less = joined(best.subarray(0, at), best.subarray(at + piece));
      if (await holds(less)) best = less;
      else at += piece;
    }
  }
  return best;
}

/** The few inputs that reach all that the others do, short ones first. */
function smallest(entries: readonly Entry[]): Uint8Array[] {
  const reached = new Set<number>();
  const few: Uint8Array[] = [];
  for (const entry of entries.toSorted((a, b) => a.bytes.length - b.bytes.length)) {
    if (entry.reached.every((i) => reached.has(i))) continue;
    for (const i of entry.reached) reached.add(i);
    few.push(entry.bytes);
  }
  return few;
}

/** By how much memory grows in a round, in the steadiest of some. */
async function growthOf(round: () => Promise<void>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  let least = Number.POSITIVE_INFINITY;
  await round();
  for (let i = 0, before = held(); i < 4; i++) {
    await round();
    const after = held();
    least = Math.min(least, after - before);
    before = after;
  }
  return Math.max(0, least);
}
