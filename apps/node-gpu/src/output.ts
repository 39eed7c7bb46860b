import { styleText } from 'node:util';
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
let onClosed = (): void => process.exit(0);

/** What to do once nobody reads stdout any more (`residual summary | head -1`). Default: end, quietly. */
export function whenOutputCloses(action: () => void): void {
  onClosed = action;
}

/** Makes a closed stdout an event instead of a crash. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosed) return;
    // EIO: the terminal itself is gone.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    isClosed = true;
    onClosed();
  });
  // Nobody is left to read a complaint about stderr.
  process.stderr.on('error', () => {});
}

/** Ends the process once everything written has left it: on Windows, and to some pipes, writing takes time. */
export function finish(exitCode: number): void {
  process.exitCode = exitCode;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}
