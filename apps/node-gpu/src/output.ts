import { styleText } from 'node:util';
import { explainSystemError } from './systemError.js';
import { typeable } from './typeable.js';

type Style = Parameters<typeof styleText>[0];

/** Writes a line to stdout: results, and progress for people. */
export function print(line = ''): void {
  process.stdout.write(`${typeable(line)}\n`);
}

/** Writes a line of data to stdout, as it is. */
export function printData(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes one JSON value as one line to stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Says on stderr what is neither a result nor an error. */
export function remark(line: string): void {
  process.stderr.write(`${typeable(line)}\n`);
}

/** Says on stderr what the user should know although the command goes on. */
export function warn(message: string): void {
  remark(`${styleText('yellow', 'warning:', { stream: process.stderr })} ${message}`);
}

/** Says on stderr why the command ends. */
export function fail(message: string): void {
  remark(`${styleText('red', 'error:', { stream: process.stderr })} ${message}`);
}

/** Colours for stdout: none unless it is a terminal and NO_COLOR is unset, as Node decides. */
export function style(format: Style, text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

/** A text of several lines in one. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** A path as it can be pasted into a shell. */
export function shellQuote(path: string): string {
  return /^[\w./\\:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

let isClosed = false;
/** Why something that was written to stdout is not there, as on a full disk; undefined where nobody wanted it any more. */
let loss: NodeJS.ErrnoException | undefined;
let onClosed = (_: ClosedBy): void => finish(0);
/** What asks for an end where stdout is gone: its reader, or the terminal. */
type ClosedBy = 'SIGPIPE' | 'SIGHUP';

/**
 * What to do once stdout takes nothing more: nobody reads it (`residual summary | head -1`), or its disk is full. Default: end, quietly or
 * with what went wrong.
 */
export function whenOutputCloses(action: (by: ClosedBy) => void): void {
  onClosed = action;
}

/** Makes a closed stdout an event instead of a crash. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosed) return;
    isClosed = true;
    const isTerminal = error.code === 'EIO';
    if (error.code !== 'EPIPE' && !isTerminal) loss = error;
    onClosed(isTerminal ? 'SIGHUP' : 'SIGPIPE');
  });
  // Nobody is left to read a complaint about stderr.
  process.stderr.on('error', () => {});
}

/**
 * Ends the process once everything written has left it: on Windows, and to some pipes, writing takes time. A result that could not be written
 * is a failure.
 */
export function finish(exitCode: number): void {
  process.exitCode = exitCode;
  // What went wrong with the last write is told after it.
  process.stdout.write('', () => setImmediate(() => (loss === undefined ? end(exitCode) : endWithout(loss))));
}

function endWithout(error: NodeJS.ErrnoException): void {
  fail((explainSystemError(error, 'stdout') as Error).message);
  end(1);
}

function end(exitCode: number): void {
  process.stderr.write('', () => process.exit(exitCode));
}
