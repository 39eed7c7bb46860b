import { afterEach, expect, it, vi } from 'vitest';

const streams = [process.stdout, process.stderr];
const before = streams.map((stream) => stream.listeners('error'));
afterEach(() => {
  for (const [i, stream] of streams.entries())
    for (const listener of stream.listeners('error'))
      if (!before[i]!.includes(listener)) stream.off('error', listener as () => void);
});

it.each([
  ['EPIPE', 'SIGPIPE'],
  ['EIO', 'SIGHUP'], // the terminal is closed
])('a stdout that is gone by %s asks for an end as %s does, once', async (code, signal) => {
  vi.resetModules();
  const { watchOutput, whenOutputCloses } = await import('./output.js');
  const action = vi.fn();
  watchOutput();
  whenOutputCloses(action);
  for (let i = 0; i < 2; i++) process.stdout.emit('error', Object.assign(new Error(code), { code }));
  expect(action.mock.calls).toEqual([[signal]]);
});
