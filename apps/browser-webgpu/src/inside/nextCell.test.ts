import { expect, test } from 'vitest';
import { firstCell, nextCell } from './nextCell.js';

const matrix = [
  [0, 0, 0],
  [2, 0, 1],
  [0, 3, 4],
];

test('an arrow key leads to the next cell with pictures, past the empty ones', () => {
  expect(nextCell(matrix, { label: 1, predicted: 0 }, 'ArrowRight')).toEqual({ label: 1, predicted: 2 });
  expect(nextCell(matrix, { label: 1, predicted: 2 }, 'ArrowDown')).toEqual({ label: 2, predicted: 2 });
  expect(nextCell(matrix, { label: 2, predicted: 2 }, 'ArrowLeft')).toEqual({ label: 2, predicted: 1 });
});

test('there is none beyond the edge, and none for another key', () => {
  expect(nextCell(matrix, { label: 1, predicted: 0 }, 'ArrowUp')).toBeUndefined();
  expect(nextCell(matrix, { label: 1, predicted: 2 }, 'ArrowRight')).toBeUndefined();
  expect(nextCell(matrix, { label: 1, predicted: 2 }, 'Enter')).toBeUndefined();
});

test('the first cell with pictures', () => {
  expect(firstCell(matrix)).toEqual({ label: 1, predicted: 0 });
  expect(firstCell([[0]])).toBeUndefined();
});
