import { describe, expect, it } from 'vitest';
import { balancedAccuracy, classFigures, mostConfused, topAccuracy } from './classFigures.js';

// scikit-learn's classification_report of 3 cats as [cat, cat, dog], 1 dog as cat, no birds, one of which is answered for a dog.
const matrix = [
  [2, 1, 0, 0],
  [1, 0, 1, 0],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
];

describe('classFigures', () => {
  it('are recall, precision and F1, null where there is nothing to divide by', () => {
    expect(classFigures(matrix)).toEqual([
      { count: 3, recall: 2 / 3, precision: 2 / 3, f1: 4 / 6 },
      { count: 2, recall: 0, precision: 0, f1: 0 },
      { count: 0, recall: null, precision: 0, f1: 0 },
      { count: 0, recall: null, precision: null, f1: null },
    ]);
  });

  it('refuse what is no square', () => {
    expect(() => classFigures([[1, 2]])).toThrow('confusion matrix: expected 1 rows of 1 counts');
  });
});

describe('balancedAccuracy', () => {
  it('is the mean recall of the classes that are there', () => {
    expect(balancedAccuracy(matrix)).toBeCloseTo(1 / 3, 12);
    expect(
      balancedAccuracy([
        [90, 0],
        [5, 5],
      ]),
    ).toBe(0.75);
    expect(balancedAccuracy([[0]])).toBeNaN();
  });
});

describe('topAccuracy', () => {
  it('counts the examples whose class is among the first', () => {
    const examples = [0, 4, 5, 1].map((rank) => ({ rank }));
    expect([1, 2, 5, 6].map((k) => topAccuracy(examples, k))).toEqual([0.25, 0.5, 0.75, 1]);
    expect(() => topAccuracy(examples, 0)).toThrow('k');
  });
});

describe('mostConfused', () => {
  it('are the pairs off the diagonal, the most frequent first', () => {
    const pairs = mostConfused(
      [
        [9, 1, 0],
        [3, 9, 2],
        [0, 0, 9],
      ],
      2,
    );
    expect(pairs).toEqual([
      { actual: 1, predicted: 0, count: 3 },
      { actual: 1, predicted: 2, count: 2 },
    ]);
  });
});
