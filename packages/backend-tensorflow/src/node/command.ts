import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TensorflowError } from '../error.js';

/**
 * Runs a program to its end.
 *
 * @throws TensorflowError `SETUP` with the first line of what it complained of, or with `fix` where there is no such program.
 */
export async function runCommand(
  command: string,
  words: string[],
  { cwd, fix }: { cwd: string; fix: string },
): Promise<void> {
  try {
    await promisify(execFile)(command, words, { cwd, maxBuffer: 1 << 24 });
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    const lines = (stderr ?? '').split('\n').filter((line) => line.trim() !== '');
    const received =
      code === 'ENOENT'
        ? 'no such program'
        : (lines.find((line) => /error/i.test(line)) ?? lines[0] ?? message);
    const problem = { where: command, expected: 'it to succeed', received, fix };
    throw new TensorflowError('SETUP', problem, { cause: error });
  }
}
