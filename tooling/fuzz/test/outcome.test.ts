import { DataError } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { drawsOf, Mutator } from '../src/mutate.ts';
import { outcomeOf } from '../src/outcome.ts';

const problem = { where: 'a', expected: 'b', received: 'c', fix: 'd.' };
const outcome = (error?: unknown) =>
  outcomeOf(
    {
      seeds: () => [],
      parse: async () => {
        if (error !== undefined) throw error;
      },
    },
    new Uint8Array(),
  );

describe('outcomeOf', () => {
  it('takes what is read, and refusals that say all they should', async () => {
    expect(await outcome()).toBeUndefined();
    expect(await outcome(new DataError('FORMAT', problem))).toBeUndefined();
  });

  it.each<[string, unknown, RegExp]>([
    ['an error of the engine', new RangeError('Invalid array length'), /^an error without code: RangeError/],
    ['nothing received', new DataError('FORMAT', { ...problem, received: '' }), /^an error without received/],
    ['two lines', new DataError('FORMAT', { ...problem, received: 'a\nb' }), /several lines/],
    ['a flood', new DataError('FORMAT', { ...problem, received: 'a'.repeat(3000) }), /over 2000 characters/],
    ['a text', 'no', /no error/],
  ])('finds %s', async (_, error, what) => {
    expect(await outcome(error)).toMatchObject({ what: expect.stringMatching(what) });
  });
});

describe('Mutator', () => {
  it('changes an input, the same way for a seed, and puts words of the source into it', () => {
    const input = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const mutants = (seed: number) => {
      const mutator = new Mutator(drawsOf(seed), ['magic'], seed);
      return Array.from({ length: 200 }, () => Buffer.from(mutator.bytes(input, input)).toString('latin1'));
    };
    expect(mutants(3)).toEqual(mutants(3));
    expect(mutants(3)).not.toEqual(mutants(5));
    expect(mutants(3).some((mutant) => mutant.includes('magic'))).toBe(true);
    expect(input).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  });
});
