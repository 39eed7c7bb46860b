import { fashionMnistTask } from '@residual/fashion-mnist';
import { recipes } from '@residual/recipes';
import { configure } from '@residual/runs';
import { describe, expect, it } from 'vitest';
import { compareAll, type JudgedRun } from './judged.js';

/** A run that answers these of six pictures right. */
function judged(name: string, right: string, { seed = 0, limit = 60 } = {}): JudgedRun {
  const config = configure(recipes.quick, fashionMnistTask, { seed, limit });
  const examples = [...right].map((mark, index) => ({
    ...{ index, label: 1, predicted: mark === 'x' ? 1 : 0 },
    ...{ rank: 0, probability: 1, loss: 0 },
  }));
  return { figures: { name, seed }, settings: config, history: [], examples } as unknown as JudgedRun;
}

describe('compareAll', () => {
  it('compares each two names on the same pictures', () => {
    const { pairs, means, apart } = compareAll([
      judged('a', 'xxx---'),
      judged('b', 'xxxx--'),
      judged('c', '--xxxx'),
    ]);
    expect(pairs).toMatchObject([
      { first: 'a', second: 'b', seed: 0, count: 6, onlyFirst: 0, onlySecond: 1, difference: 1 / 6 },
      { first: 'a', second: 'c', onlyFirst: 2, onlySecond: 3 },
      { first: 'b', second: 'c', onlyFirst: 2, onlySecond: 2, difference: 0, p: 1 },
    ]);
    expect([means, apart]).toEqual([[], []]);
  });

  it('pairs runs by their seed, and tells the mean over seeds', () => {
    const { pairs, means } = compareAll([
      ...[judged('a', 'x-----', { seed: 0 }), judged('a', 'xx----', { seed: 1 })],
      ...[judged('b', 'xx----', { seed: 0 }), judged('b', 'xxxxx-', { seed: 1 })],
    ]);
    expect(pairs.map(({ seed, onlySecond }) => [seed, onlySecond])).toEqual([
      [0, 1],
      [1, 3],
    ]);
    const mean = { first: 'a', second: 'b', seeds: 2, mean: expect.closeTo(2 / 6), range: [1 / 6, 3 / 6] };
    expect(means).toEqual([mean]);
  });

  it.each([
    ['another seed', judged('b', 'x-----', { seed: 1 })],
    ['other pictures to learn from', judged('b', 'x-----', { limit: 50 })],
    ['other pictures to be judged by', judged('b', 'x----')],
  ])('keeps apart what has %s', (_, other) => {
    expect(compareAll([judged('a', 'x-----'), other])).toEqual({
      pairs: [],
      means: [],
      apart: [{ first: 'a', second: 'b' }],
    });
  });
});
