import { expect, it } from 'vitest';
import { historyCsv } from './historyCsv.js';
import { type LogEvent, type LogPoint, LogPoints } from './points.js';

const step = (at: number, loss = 1 / at): LogEvent => ({
  ...{ type: 'step', step: at, loss, accuracy: 0.5, learningRate: 0.1, imagesPerSecond: 40 },
});
const record = { epoch: 1, step: 6, trainLoss: 2, trainAccuracy: 0.25, learningRate: 0.1 };
const test: LogEvent = { type: 'test', loss: 0.5, accuracy: 0.75, balancedAccuracy: 0.7 };

function pointsOf(events: readonly LogEvent[]): LogPoint[] {
  const points = new LogPoints();
  return events.flatMap((event, i) => points.take(event, i) ?? []);
}

it('makes points of what logs show, at the steps where it happened', () => {
  const events: LogEvent[] = [
    { type: 'start' },
    step(5),
    { type: 'epoch', ...record, validationLoss: 3, validationAccuracy: 0.125 },
    { type: 'mistakes', part: 'validation', file: 'mistakes.png' },
    test,
    { type: 'end' },
  ];
  expect(pointsOf(events)).toEqual([
    {
      ...{ time: 1, step: 5 },
      scalars: { 'train/loss': 0.2, 'train/accuracy': 0.5, learningRate: 0.1, imagesPerSecond: 40 },
    },
    {
      ...{ time: 2, step: 6 },
      scalars: {
        ...{ epoch: 1, 'train/epochLoss': 2, 'train/epochAccuracy': 0.25 },
        ...{ 'validation/loss': 3, 'validation/accuracy': 0.125 },
      },
    },
    { time: 3, step: 6, scalars: {}, picture: { name: 'validation/mistakes', file: 'mistakes.png' } },
    {
      ...{ time: 4, step: 6 },
      scalars: { 'test/loss': 0.5, 'test/accuracy': 0.75, 'test/balancedAccuracy': 0.7 },
    },
  ]);
});

it('makes no second point of what a run that was killed tells again', () => {
  const first = [step(5), step(6), { type: 'epoch' as const, ...record }, step(10, 7)];
  const again = [step(8, 9), step(10, 9), step(12), test, test];
  const points = pointsOf([...first, ...again]);
  expect(points.map((point) => point.step)).toEqual([5, 6, 6, 10, 12, 12]);
  expect(points[3]!.scalars['train/loss']).toBe(7);
  // A function of the whole record: what was there before stays as it is.
  expect(points.slice(0, 4)).toEqual(pointsOf(first));
  // A run that went on after its end is tested again.
  expect(pointsOf([step(5), test, step(6), test])).toHaveLength(4);
  expect(
    pointsOf([
      { type: 'epoch', ...record },
      { type: 'epoch', ...record },
    ]),
  ).toHaveLength(1);
});

it('leaves out what there is not, and what is not finite', () => {
  expect(pointsOf([{ ...test, loss: null, accuracy: null } as LogEvent])).toEqual([]);
  const [point] = pointsOf([step(1, Number.NaN)]);
  expect(Object.keys(point!.scalars)).toEqual(['train/accuracy', 'learningRate', 'imagesPerSecond']);
});

it('writes a history as CSV, exactly, with nothing where there is nothing', () => {
  const history = [{ ...record, validationLoss: 0.1 + 0.2, validationAccuracy: 1e-7 }, record];
  expect(historyCsv(history)).toBe(
    'epoch,step,trainLoss,trainAccuracy,validationLoss,validationAccuracy,learningRate\n' +
      '1,6,2,0.25,0.30000000000000004,1e-7,0.1\n' +
      '1,6,2,0.25,,,0.1\n',
  );
});
