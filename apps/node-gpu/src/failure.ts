import { CommanderError } from 'commander';
import { CommandError } from './error.js';
import { oneLine, printJson } from './output.js';
import { explainSystemError } from './systemError.js';
import { typeable } from './typeable.js';

/** How the command ends, unless a signal ends it. Documented in `--help`. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;

/** What to tell about an error, and how to end. */
export interface Failure {
  /** One line, without a final newline. */
  message: string;
  exitCode: number;
}

/** Puts any error into one line, and decides the exit code: 2 for a command line that can't work, else 1. */
export function describeFailure(thrown: unknown): Failure {
  const error = explainSystemError(thrown);
  if (!(error instanceof Error)) return { message: oneLine(String(error)), exitCode: EXIT.failure };
  if (error instanceof CommanderError) {
    const exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return { message: oneLine(error.message.replace(/^error: /, '')), exitCode };
  }
  const isUsage = error instanceof CommandError && error.code === 'USAGE';
  return {
    message: isTyped(error)
      ? oneLine(error.message)
      : `${oneLine(error.message)} (unexpected: --verbose shows where; please report it)`,
    exitCode: isUsage ? EXIT.usage : EXIT.failure,
  };
}

/** Work of a command whose `--json` ends with an event of the error, where it fails. */
export async function endingInEvent(json: boolean | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (json) printJson(errorEvent(error));
    throw error;
  }
}

function errorEvent(error: unknown) {
  const { code, where, expected, received, fix } = explainSystemError(error) as Partial<CommandError>;
  const [message, advice] = [describeFailure(error).message, fix].map((text) => text && typeable(text));
  const problem = { code, where, expected, received, fix: advice, message };
  return { time: new Date().toISOString(), type: 'error', ...problem };
}

/** Whether it's one of the project's own errors, whose messages explain themselves. */
function isTyped(error: Error): boolean {
  return (
    'code' in error && typeof error.code === 'string' && error.name !== 'Error' && error.name !== 'TypeError'
  );
}
