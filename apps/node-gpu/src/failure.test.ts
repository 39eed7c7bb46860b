import { readFileSync } from 'node:fs';
import { DataError } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { CommandError } from './error.js';
import { describeFailure } from './failure.js';

const problem = { where: '--epochs', expected: 'one', received: 'two', fix: 'Give one.' };

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('describeFailure', () => {
  it('exits with 2 for the command line and with 1 for the rest', () => {
    expect(describeFailure(new CommandError('USAGE', problem))).toEqual({
      message: '--epochs: expected one, received two. Give one.',
      exitCode: 2,
    });
    expect(describeFailure(new CommandError('FILE', problem)).exitCode).toBe(1);
    expect(describeFailure(new DataError('FORMAT', problem))).toEqual({
      message: '--epochs: expected one, received two. Give one.',
      exitCode: 1,
    });
  });

  it('explains what the operating system refused, with the path', () => {
    const { message, exitCode } = describeFailure(caught(() => readFileSync('/no/such/file')));
    expect(message).toBe(
      '/no/such/file: expected a file or folder, received nothing there (ENOENT). Check the path.',
    );
    expect(exitCode).toBe(1);
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: '/runs/a' });
    expect(describeFailure(full).message).toMatch(/^\/runs\/a: expected room to write, received a full disk/);
  });

  it('puts anything else into one line and asks for a report', () => {
    const { message, exitCode } = describeFailure(new TypeError('x is\n  undefined\n'));
    expect(message).toBe('x is undefined (unexpected: --verbose shows where; please report it)');
    expect(exitCode).toBe(1);
    expect(describeFailure('a string').message).toBe('a string');
  });
});
