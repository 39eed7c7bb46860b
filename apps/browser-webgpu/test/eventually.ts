import { expect } from 'vitest';

/** Asks until the answer is as expected. Patient: the processor that trains and draws may have other work. */
export const eventually = <T>(ask: () => T | Promise<T>, seconds = 150) =>
  expect.poll(ask, { timeout: 1000 * seconds, interval: 100 });
