import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from './pace.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that takes so many milliseconds, and when each run of it began. */
function timedWork(milliseconds: number) {
  const begins: number[] = [];
  const origin = performance.now();
  const work = async () => {
    begins.push(performance.now() - origin);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  };
  return { work, begins };
}

test('wishes that come in fast lead to runs that are a pause apart, the last after the last wish', async () => {
  const { work, begins } = timedWork(100);
  const pace = new Pace(work, { leastPause: 1000, share: 1 });
  for (let i = 0; i < 25; i++) {
    pace.wish();
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(60_000);
  expect(begins).toEqual([0, 1100, 2200, 3300]);
});

test('slow work takes no more than its share of the time', async () => {
  const { work, begins } = timedWork(2000);
  const pace = new Pace(work, { leastPause: 100, share: 0.1 });
  pace.wish();
  await vi.advanceTimersByTimeAsync(1000);
  pace.wish();
  await vi.advanceTimersByTimeAsync(100_000);
  expect(begins).toEqual([0, 20_000]);
});

test('now does not wait for the pause, nor does it run the work twice at once', async () => {
  const { work, begins } = timedWork(100);
  const pace = new Pace(work, { leastPause: 10_000, share: 1 });
  pace.now();
  pace.now();
  await vi.advanceTimersByTimeAsync(1000);
  pace.wish();
  pace.now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(begins).toEqual([0, 100, 1000]);
});

test('at rest, nothing that was wished for runs', async () => {
  const { work, begins } = timedWork(100);
  const pace = new Pace(work, { leastPause: 1000, share: 1 });
  pace.now();
  pace.wish();
  pace.rest();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(begins).toEqual([0]);
});
