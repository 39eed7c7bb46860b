import { randomStream } from '@residual/random';
import type { DrawnTensor, ValuesOf } from './subject.js';
import { sizeOf, type Values } from './values.js';

/** A tensor by formula: the same numbers for the same seed and purpose, on any machine. */
export function drawTensor(seed: number, purpose: string, { shape, range, integers }: DrawnTensor): Values {
  const [low, high] = range ?? [-1, 1];
  const draw = randomStream({ seed, purpose });
  const number = (_: unknown, i: number) => low + (high - low) * draw.uniform(i);
  const size = { length: sizeOf(shape) };
  if (integers) return { shape, data: Int32Array.from(size, (_, i) => Math.floor(number(_, i))) };
  return { shape, data: Float32Array.from(size, number) };
}

/** All inputs of a case. */
export function drawInputs<Inputs>(
  seed: number,
  tensors: { readonly [Name in keyof Inputs]: DrawnTensor },
): ValuesOf<Inputs> {
  const entries = Object.entries<DrawnTensor>(tensors);
  const drawn = entries.map(([name, tensor]) => [name, drawTensor(seed, name, tensor)]);
  return Object.fromEntries(drawn) as ValuesOf<Inputs>;
}
