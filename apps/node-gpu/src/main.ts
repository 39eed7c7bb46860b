import { createRequire } from 'node:module';
import { describeFailure, EXIT, errorEvent } from './failure.js';
import { fail, finish, printJson, watchOutput } from './output.js';
import { createProgram } from './program.js';

const { version }: { version: string } = createRequire(import.meta.url)('../package.json');

watchOutput();
try {
  const program = createProgram(version);
  if (process.argv.length <= 2) program.help();
  await program.parseAsync();
  finish(Number(process.exitCode ?? EXIT.ok));
} catch (error) {
  const { message, exitCode } = describeFailure(error);
  if (exitCode !== EXIT.ok) {
    if (process.argv.includes('--json')) printJson(errorEvent(error));
    fail(message);
  }
  if (process.argv.includes('--verbose')) tellStacks(error);
  finish(exitCode);
}

/** Where an error comes from, and where what caused it does. */
function tellStacks(error: unknown): void {
  if (!(error instanceof Error)) return;
  process.stderr.write(`${error.stack}\n`);
  if (error.cause !== undefined) process.stderr.write('Caused by: ');
  tellStacks(error.cause);
}
