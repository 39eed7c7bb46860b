import { readEventFile } from '@residual/logs';
import { expect, it } from 'vitest';
import { eventFile } from './eventFile.js';

const record = {
  trainLoss: 2,
  trainAccuracy: 0.25,
  validationLoss: 3,
  validationAccuracy: 0.5,
  learningRate: 0.1,
};
const history = [1, 2].map((epoch) => ({ epoch, step: 6 * epoch, ...record }));
const losses = [
  { x: 0.5, y: 2.3 },
  { x: 1, y: 2.2 },
  { x: 1.02, y: 2.1 },
];

it('has a point for each epoch and each step of the curve', () => {
  const { name, bytes } = eventFile(history, losses, 6);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.residual$/);
  expect(readEventFile(bytes)).toEqual({ points: 4, end: bytes.length });
});

it('is empty before the run begins', () => {
  const { bytes } = eventFile([], []);
  expect(readEventFile(bytes)?.points).toBe(0);
});
