import { CommanderError } from 'commander';
import { CommandError } from './error.js';
import { oneLine } from './output.js';
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
    const { received, fix } = usageError(error);
    const message = fix.startsWith('Did') ? `${received} (${fix})` : `${received}. ${fix}`;
    return { message: message.replace('..', '.'), exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
  const isUsage = error instanceof CommandError && error.code === 'USAGE';
  return {
    message: isTyped(error)
      ? oneLine(error.message)
      : `${oneLine(error.message)} (unexpected: --verbose shows where; please report it)`,
    exitCode: isUsage ? EXIT.usage : EXIT.failure,
  };
}

/** What ends the output of `--json` where a command fails. */
export function errorEvent(thrown: unknown) {
  const error = thrown instanceof CommanderError ? usageError(thrown) : explainSystemError(thrown);
  const { code, where, expected, received, fix } = error as Partial<CommandError>;
  const [message, advice] = [describeFailure(thrown).message, fix].map((text) => text && typeable(text));
  const problem = { code, where, expected, received, fix: advice, message };
  return { time: new Date().toISOString(), type: 'error' as const, ...problem };
}

/** What a command line has to have, by Commander's name of what is wrong with it. */
const EXPECTED: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'one of the commands',
  'commander.unknownOption': 'options of the command',
  'commander.excessArguments': 'as many arguments as the command takes',
  'commander.missingArgument': 'all arguments of the command',
  'commander.missingMandatoryOptionValue': 'all options that the command needs',
  'commander.optionMissingArgument': 'a value for the option',
  'commander.invalidArgument': 'one of the choices',
  'commander.conflictingOption': 'options that go together',
};
const SUGGESTION = /\s*\((Did you mean .*\?)\)/s;

/** Of a command line that Commander refuses: it says what came, and sometimes what was meant. */
function usageError({ code, message }: CommanderError): CommandError {
  const text = oneLine(message.replace(/^error: /, ''));
  return new CommandError('USAGE', {
    where: 'command line',
    expected: EXPECTED[code] ?? 'one that can work',
    received: text.replace(SUGGESTION, ''),
    fix: SUGGESTION.exec(text)?.[1] ?? 'The command with --help says what it takes.',
  });
}

/** Whether it's one of the project's own errors, whose messages explain themselves. */
function isTyped(error: Error): boolean {
  return (
    'code' in error && typeof error.code === 'string' && error.name !== 'Error' && error.name !== 'TypeError'
  );
}
