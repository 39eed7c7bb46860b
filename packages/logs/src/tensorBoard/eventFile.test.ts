import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LogPoint } from '../points.js';
import {
  encodeEventFile,
  encodePicture,
  encodePoint,
  encodeStart,
  eventFileName,
  readEventFile,
} from './eventFile.js';

// Made by TensorBoard 2.21.0: tooling/logs/fixture.py.
const fixture = readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'events.tfevents'));
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000003000000020802000000', 'hex');
const numbers: LogPoint = {
  time: 1795816882.5,
  step: 300,
  scalars: { 'train/loss': 0.1, learningRate: 1e-30 },
};
const picture: LogPoint = { time: 1795816883.125, step: 2 ** 40, scalars: {} };

it("writes the bytes of TensorBoard's own writer", () => {
  const parts = [
    encodeStart(1795816881.25),
    encodePoint(numbers),
    encodePicture(picture, 'validation/mistakes', PNG),
  ];
  expect(Buffer.concat(parts).toString('hex')).toBe(fixture.toString('hex'));
});

it('writes all points at once as one by one', () => {
  const parts = [encodeStart(numbers.time), encodePoint(numbers), encodePoint(picture)];
  expect(Buffer.concat([encodeEventFile([numbers, picture])])).toEqual(Buffer.concat(parts));
});

it('tells how many points there are, and where the next one goes', () => {
  expect(readEventFile(fixture)).toEqual({ points: 2, end: fixture.length });
  expect(readEventFile(fixture.subarray(0, -1))?.points).toBe(1);
  expect(readEventFile(fixture.subarray(0, 3))).toBeNull();
});

it('has a name by which TensorBoard finds it and puts it in order', () => {
  expect(eventFileName(1795816881.9)).toBe('events.out.tfevents.1795816881.residual');
});
