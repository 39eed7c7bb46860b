import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { CommandError } from './error.js';
import { describeFailure, errorEvent } from './failure.js';
import { createProgram } from './program.js';
import { readEvents, recordFailure } from './run/eventLog.js';

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
    const copy = { ...full, syscall: 'cp', dest: '/runs/b' };
    expect(describeFailure(Object.assign(new Error('ENOSPC'), copy)).message).toMatch(/^\/runs\/b: /);
    const files = Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'open', path: '/cat.jpg' });
    expect(describeFailure(files).message).toMatch(/^\/cat\.jpg: .* too many open files .* \(ulimit -n\)/);
    const gone = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'uv_cwd' });
    expect(describeFailure(gone).message).toMatch(/^the current folder: expected .*nothing there/);
  });

  it('puts anything else into one line and asks for a report', () => {
    const { message, exitCode } = describeFailure(new TypeError('x is\n  undefined\n'));
    expect(message).toBe('x is undefined (unexpected: --verbose shows where; please report it)');
    expect(exitCode).toBe(1);
    expect(describeFailure('a string').message).toBe('a string');
  });
});

describe('errorEvent', () => {
  it('is the last of the record of a run, where the disk lets it be', () => {
    const folder = mkdtempSync(join(tmpdir(), 'residual-failure-'));
    const path = join(folder, 'events.jsonl');
    recordFailure(path, new CommandError('FILE', problem));
    expect([...readEvents(path)]).toEqual([
      { ...problem, time: expect.any(String), type: 'error', code: 'FILE', message: expect.any(String) },
    ]);
    rmSync(folder, { recursive: true });
    expect(() => recordFailure(path, new CommandError('FILE', problem))).not.toThrow();
  });

  it.each<[words: string[], expected: string, received: RegExp, fix: RegExp]>([
    [['trian'], 'one of the commands', /unknown command 'trian'$/, /Did you mean train\?/],
    [['train', '--epoch', '3'], 'options of the command', /'--epoch'$/, /^Did you mean --epochs\?$/],
    [['predict'], 'all arguments of the command', /'files'$/, /--help/],
    [['summary', 'a', 'b'], 'as many arguments as the command takes', /got 2\.$/, /--help/],
    [['scale-out'], 'all options that the command needs', /--to/, /--help/],
    [['train', '--epochs'], 'a value for the option', /--epochs/, /--help/],
    [['evaluate', '--part', 'x'], 'one of the choices', /test, validation, train/, /--help/],
    [['summary', '--mermaid', '--json'], 'options that go together', /--mermaid/, /--help/],
  ])('says all there is to say of the command line %j', async (words, expected, received, fix) => {
    const refusal = await createProgram('1')
      .parseAsync(words, { from: 'user' })
      .catch((error: unknown) => error);
    const texts = { received: expect.stringMatching(received), fix: expect.stringMatching(fix) };
    expect(errorEvent(refusal)).toMatchObject({ type: 'error', code: 'USAGE', expected, ...texts });
    expect(describeFailure(refusal)).toEqual({ message: expect.stringMatching(/^[^\n]+$/), exitCode: 2 });
  });
});
