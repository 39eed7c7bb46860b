import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LogsError } from '../error.js';
import type { LogPoint } from '../points.js';
import { Delivery, type LogServer } from './delivery.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const problem = { where: 'http://there', expected: 'an answer', received: 'none', fix: 'Start it.' };
const point = (step: number): LogPoint => ({ time: step, step, scalars: { loss: 1 } });

/** Keeps what it gets, or fails while it is told to. */
class FakeServer implements LogServer {
  readonly name = 'a server';
  readonly got: number[] = [];
  readonly froms: number[] = [];
  readonly ends: string[] = [];
  tries = 0;
  state: 'up' | 'down' | 'refusing' | 'silent' = 'up';

  async send(points: readonly LogPoint[], from: number, signal?: AbortSignal): Promise<void> {
    this.tries++;
    if (this.state === 'down') throw new LogsError('UNREACHABLE', problem);
    if (this.state === 'refusing') throw new LogsError('REFUSED', problem);
    if (this.state === 'silent') {
      await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('late'))));
    }
    this.froms.push(from);
    this.got.push(...points.map(({ step }) => step));
  }

  async close(end: string): Promise<void> {
    this.ends.push(end);
  }
}

function deliveryTo(server: LogServer, options = {}) {
  const warnings: string[] = [];
  const delivery = new Delivery(server, { onWarning: (message) => warnings.push(message), ...options });
  return { delivery, warnings };
}

it('gathers points and sends them in order', async () => {
  const server = new FakeServer();
  const counts: number[] = [];
  const { delivery } = deliveryTo(server, { onDelivered: (count: number) => counts.push(count) });
  for (const step of [1, 2, 3]) delivery.add(point(step));
  expect(server.tries).toBe(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect([server.tries, server.got]).toEqual([1, [1, 2, 3]]);
  delivery.add(point(4));
  expect(await delivery.finish('completed', 9)).toEqual({ delivered: 4, missing: 0, reason: undefined });
  expect({ counts, froms: server.froms, ends: server.ends }).toEqual({
    counts: [3, 4],
    froms: [0, 3],
    ends: ['completed'],
  });
});

it('goes on at the point that the server lacks', async () => {
  const server = new FakeServer();
  const { delivery } = deliveryTo(server, { from: 2 });
  for (const step of [1, 2, 3]) delivery.add(point(step));
  expect(await delivery.finish('aborted', 9)).toMatchObject({ delivered: 3, missing: 0 });
  expect([server.got, server.froms]).toEqual([[3], [2]]);
});

it('warns once of a server that is down, tries less and less often, and sends all when it is back', async () => {
  const server = new FakeServer();
  server.state = 'down';
  const { delivery, warnings } = deliveryTo(server);
  delivery.add(point(1));
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(server.tries).toBeGreaterThan(10);
  expect(server.tries).toBeLessThan(18);
  for (let step = 2; step <= 500; step++) delivery.add(point(step));
  expect(warnings).toEqual([expect.stringContaining('a server is tried again while the run goes on.')]);
  server.state = 'up';
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.got).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  expect(await delivery.finish('completed', 9)).toMatchObject({ delivered: 500, missing: 0 });
  expect(warnings).toHaveLength(1);
});

it('tells at the end what a server that is down lacks, after one more try', async () => {
  const server = new FakeServer();
  server.state = 'down';
  const { delivery } = deliveryTo(server);
  delivery.add(point(1));
  await vi.advanceTimersByTimeAsync(1000);
  const { tries } = server;
  expect(await delivery.finish('completed', 9)).toEqual({
    delivered: 0,
    missing: 1,
    reason: 'http://there: expected an answer, received none. Start it.',
  });
  expect([server.tries - tries, server.ends]).toEqual([1, []]);
});

it('does not wait longer than it may for one that is silent', async () => {
  const server = new FakeServer();
  server.state = 'silent';
  const { delivery } = deliveryTo(server);
  delivery.add(point(1));
  let ended: unknown;
  void delivery.finish('completed', 9, 5).then((end) => {
    ended = end;
  });
  await vi.advanceTimersByTimeAsync(4900);
  expect(ended).toBeUndefined();
  await vi.advanceTimersByTimeAsync(200);
  expect(ended).toMatchObject({ delivered: 0, missing: 1 });
});

it('leaves a server alone that refuses', async () => {
  const server = new FakeServer();
  server.state = 'refusing';
  const { delivery, warnings } = deliveryTo(server);
  delivery.add(point(1));
  await vi.advanceTimersByTimeAsync(1000);
  delivery.add(point(2));
  await vi.advanceTimersByTimeAsync(600_000);
  expect([server.tries, warnings]).toEqual([1, [expect.stringContaining('is sent nothing more')]]);
  expect(await delivery.finish('completed', 9)).toMatchObject({ delivered: 0, missing: 2 });
});

it('keeps no more points than it may, and leaves no hole', async () => {
  const server = new FakeServer();
  server.state = 'down';
  const { delivery } = deliveryTo(server, { most: 3 });
  for (let step = 1; step <= 5; step++) delivery.add(point(step));
  await vi.advanceTimersByTimeAsync(1000);
  server.state = 'up';
  await vi.advanceTimersByTimeAsync(5000);
  delivery.add(point(6));
  expect(await delivery.finish('completed', 9)).toMatchObject({ delivered: 3, missing: 3 });
  expect(server.got).toEqual([1, 2, 3]);
});
