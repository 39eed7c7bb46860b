import type { AugmentationContext } from '@residual/data';
import { randomStream } from '@residual/random';

/** One example's random numbers in one epoch: the i-th, in [0, 1), a multiple of 2^-24. */
export type Draws = (i: number) => number;

/**
 * The random numbers that a step of training has for an example: a pure function of (seed, purpose, epoch, index).
 *
 * @param count How many the step may ask for, for each example; another count is another choice of all of them.
 */
export function drawsOf({ seed, epoch, index }: AugmentationContext, purpose: string, count: number): Draws {
  const stream = randomStream({ seed, purpose, stream: epoch });
  return (i) => stream.uniform(count * index + i);
}

/** A number in [low, high). */
export function between(draw: number, low: number, high: number): number {
  return low + (high - low) * draw;
}

/** An integer from 0 to `count` - 1. */
export function below(draw: number, count: number): number {
  return Math.floor(draw * count);
}

/** A share of 1 in words. */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
