import { CommandError } from './error.js';

interface Explanation {
  expected: string;
  received: string;
  fix: string;
}

const ROOM = 'room to write';
const noRoom = (received: string): Explanation => ({
  expected: ROOM,
  received,
  fix: 'Free some space and run the command again.',
});
const noAccess: Explanation = {
  expected: 'access',
  received: 'permission denied',
  fix: 'Change its permissions or choose another place.',
};

/** What a call is about that names no path. */
const PLACES: Record<string, string> = { uv_cwd: 'the current folder' };

/** What the operating system's refusals mean to somebody who trains, by Node's `code`. */
const EXPLANATIONS: Record<string, Explanation> = {
  ENOSPC: noRoom('a full disk'),
  EDQUOT: noRoom('a used-up quota'),
  EFBIG: noRoom('a limit on the size of files (ulimit -f)'),
  EACCES: noAccess,
  EPERM: noAccess,
  EROFS: { expected: 'a place to write', received: 'a read-only file system', fix: 'Choose another place.' },
  EMFILE: {
    expected: 'a file that can be opened',
    received: 'too many open files',
    fix: 'Raise the limit (ulimit -n) and run the command again.',
  },
  EIO: {
    expected: 'a disk that answers',
    received: 'a fault of it',
    fix: 'Choose another disk, and check this one.',
  },
  ENOENT: { expected: 'a file or folder', received: 'nothing there', fix: 'Check the path.' },
  ENOTDIR: { expected: 'a folder', received: 'a file', fix: 'Check the path.' },
  EEXIST: { expected: 'a folder', received: 'a file', fix: 'Check the path.' },
  EISDIR: { expected: 'a file', received: 'a folder', fix: 'Check the path.' },
};

/**
 * Explains a failed system call; anything else is returned as it is.
 *
 * @param path the file concerned, where the error itself doesn't tell
 */
export function explainSystemError(error: unknown, path?: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  const explanation = EXPLANATIONS[String(error.code)];
  const { expected, received, fix } = explanation ?? {
    expected: 'no error',
    received: error.message,
    fix: 'Choose another place.',
  };
  const [from, to] = ['path', 'dest'].map((key) => (key in error ? String(error[key as never]) : undefined));
  // What can't be written is the copy, not what is copied.
  const where =
    (expected === ROOM ? to : undefined) ??
    from ??
    path ??
    PLACES[String(error.syscall)] ??
    String(error.syscall);
  return new CommandError(
    'FILE',
    { where, expected, received: `${received} (${error.code})`, fix },
    { cause: error },
  );
}
