import { cos, log } from './elementary.js';
import { type Key, philox } from './philox.js';

/**
 * What a random number is for. Together with the index of the number it decides the number completely:
 * nothing is remembered between calls, so any order of reading, a resumed run and another machine agree.
 */
export interface StreamOptions {
  /** The run's seed: an integer from 0 to 2^53 - 1. */
  seed: number;
  /** What the numbers are for, such as `'shuffle'` or a parameter's path. Different purposes are independent. */
  purpose: string;
  /** A second coordinate, such as the epoch or an example's index. Default 0. */
  stream?: number;
}

/** A value drawn at each index of one (seed, purpose, stream), in any order. */
export interface RandomStream {
  /** The unsigned 32-bit integer at `index`. */
  uint32(index: number): number;
  /** A number in [0, 1) at `index`, a multiple of 2^-24 so that float32 holds it exactly. */
  uniform(index: number): number;
  /** A standard normal number at `index` (Box-Muller on two integers of the same counter). */
  normal(index: number): number;
}

/** FNV-1a, 32 bits, over UTF-16 code units: turns a purpose's name into one word of the counter. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

function keyOf(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed: expected an integer from 0 to 2^53 - 1, received ${seed}`);
  }
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/**
 * The random numbers of one (seed, purpose, stream).
 *
 * @example
 * const draw = randomStream({ seed: 0, purpose: 'flip', stream: epoch });
 * const flipped = draw.uniform(exampleIndex) < 0.5;
 */
export function randomStream({ seed, purpose, stream = 0 }: StreamOptions): RandomStream {
  const key = keyOf(seed);
  const purposeWord = hash(purpose);
  const words = new Uint32Array(4);
  let cachedBlock = -1;

  /** Fills `words` with the block of four integers that holds `index`. */
  function load(block: number): void {
    if (block === cachedBlock) return;
    philox([block >>> 0, Math.floor(block / 2 ** 32), stream >>> 0, purposeWord], key, words);
    cachedBlock = block;
  }

  return {
    uint32(index) {
      load(Math.floor(index / 4));
      return words[index % 4]!;
    },
    uniform(index) {
      load(Math.floor(index / 4));
      return (words[index % 4]! >>> 8) * 2 ** -24;
    },
    normal(index) {
      load(Math.floor(index / 2));
      const pair = (index % 2) * 2;
      const u = (words[pair]! + 1) * 2 ** -32; // (0, 1]: the logarithm below needs u > 0
      const angle = 2 * Math.PI * words[pair + 1]! * 2 ** -32;
      return Math.sqrt(-2 * log(u)) * cos(angle);
    },
  };
}
