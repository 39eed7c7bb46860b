import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Interruption } from './interruption.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

describe('Interruption', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const now = vi.spyOn(performance, 'now');
  const onFirst = vi.fn();
  let interruption: Interruption;
  beforeEach(() => {
    vi.clearAllMocks();
    now.mockReturnValue(1000);
    interruption = new Interruption(onFirst, true);
  });
  afterEach(() => {
    for (const signal of SIGNALS) process.removeAllListeners(signal);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s asks to stop, with exit code %i', (signal, code) => {
    expect(interruption.exitCode).toBeUndefined();
    expect(interruption.signal.aborted).toBe(false);
    process.emit(signal, signal);
    expect(interruption.signal.aborted).toBe(true);
    expect(interruption.exitCode).toBe(code);
    expect(onFirst).toHaveBeenCalledExactlyOnceWith(signal);
    expect(exit).not.toHaveBeenCalled();
  });

  it('goes on after SIGHUP where there is no terminal, and stops on the rest', () => {
    process.removeAllListeners('SIGHUP');
    const background = new Interruption(onFirst, false);
    process.emit('SIGHUP', 'SIGHUP');
    expect(background.signal.aborted).toBe(false);
    process.emit('SIGTERM', 'SIGTERM');
    expect(background.exitCode).toBe(143);
  });

  it('takes the echo of one keystroke for one signal', () => {
    process.emit('SIGINT', 'SIGINT');
    now.mockReturnValue(1300);
    process.emit('SIGINT', 'SIGINT');
    expect(exit).not.toHaveBeenCalled();
  });

  it('ends the process on a second signal', () => {
    process.emit('SIGTERM', 'SIGTERM');
    now.mockReturnValue(1301);
    process.emit('SIGINT', 'SIGINT');
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
    expect(onFirst).toHaveBeenCalledTimes(1);
  });
});
