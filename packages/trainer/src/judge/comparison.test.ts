import { describe, expect, it } from 'vitest';
import { comparePredictions } from './comparison.js';

/** Answers to `count` examples of class 1, of which those in a range are right. */
const answers = (count: number, isRight: (i: number) => boolean) =>
  Array.from({ length: count }, (_, index) => ({ index, label: 1, predicted: isRight(index) ? 1 : 0 }));

describe('comparePredictions', () => {
  // p: SciPy 1.17.1, binomtest(onlyFirst, onlyFirst + onlySecond).pvalue. The interval: Bonett & Price's formula, in Python.
  it.each([
    [0, 0, 10, 1, -0.2309839707, 0.2309839707],
    [3, 12, 40, 0.03515625, 0.0331200001, 0.3954514285],
    [12, 3, 40, 0.03515625, -0.3954514285, -0.0331200001],
    [1, 5, 200, 0.21875, -0.0075054623, 0.0471094227],
    [700, 780, 5000, 0.0399873576755, 0.0009156994, 0.0310715057],
    [0, 30, 30, 1.862645149e-9, 0.8169314699, 1],
  ])('of %i and %i right alone among %i', (onlyFirst, onlySecond, count, p, low, high) => {
    const first = answers(count, (i) => i < onlyFirst || i >= onlyFirst + onlySecond);
    const second = answers(count, (i) => i >= onlyFirst);
    const compared = comparePredictions(first, second);
    expect(compared).toMatchObject({ count, onlyFirst, onlySecond });
    expect(compared.difference).toBeCloseTo((onlySecond - onlyFirst) / count, 12);
    expect(compared.p).toBeCloseTo(p, 10);
    expect(compared.interval[0]).toBeCloseTo(low, 9);
    expect(compared.interval[1]).toBeCloseTo(high, 9);
  });

  it('refuses answers to other examples, and none', () => {
    const [ten, nine] = [answers(10, () => true), answers(9, () => true)];
    const message = (first: typeof ten, second: typeof ten) => () => comparePredictions(first, second);
    expect(message(ten, nine)).toThrow('received others from number 9 on');
    expect(message(ten, [...nine, { index: 9, label: 0, predicted: 0 }])).toThrow('others from number 9 on');
    expect(message(ten, ten.toReversed())).toThrow('others from number 0 on');
    expect(message([], [])).toThrow('received none');
  });
});
