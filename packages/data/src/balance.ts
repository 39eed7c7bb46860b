import { permutation } from '@residual/random';
import type { Labels } from './arrays.js';

/** The examples of an epoch in their order, and how often each came in it before. */
export interface BalancedOrder {
  order: Uint32Array;
  repeats: Uint32Array;
}

/**
 * An epoch of `length` examples in which each class that has any comes equally often, but for a remainder of one that is drawn. A
 * class's examples come in shuffled rounds: each once before any comes again. A pure function of (labels, seed, epoch).
 *
 * It differs from drawing with replacement, as PyTorch's `WeightedRandomSampler` does, only in having less noise.
 */
export function balancedOrder(labels: Labels, length: number, seed: number, epoch: number): BalancedOrder {
  const members = new Map<number, number[]>();
  for (let i = 0; i < length; i++) {
    const label = labels[i]!;
    const others = members.get(label);
    if (others === undefined) members.set(label, [i]);
    else others.push(i);
  }
  const classes = [...members.keys()].sort((a, b) => a - b);
  const extra = length % classes.length;
  const drawn = permutation({ seed, purpose: 'balance', stream: epoch }, classes.length).subarray(0, extra);
  const hasExtra = new Set(drawn);
  const examples = new Uint32Array(length);
  const counts = new Uint32Array(length);
  let at = 0;
  for (const [i, label] of classes.entries()) {
    const own = members.get(label)!;
    const quota = Math.floor(length / classes.length) + (hasExtra.has(i) ? 1 : 0);
    for (let taken = 0, round = 0; taken < quota; round++) {
      const purpose = `balance/${label}/${round}`;
      const shuffled = permutation({ seed, purpose, stream: epoch }, own.length);
      for (let i = 0; i < own.length && taken < quota; i++, taken++, at++) {
        examples[at] = own[shuffled[i]!]!;
        counts[at] = round;
      }
    }
  }
  const places = permutation({ seed, purpose: 'shuffle', stream: epoch }, length);
  return { order: places.map((place) => examples[place]!), repeats: places.map((place) => counts[place]!) };
}
