import { Argument, type Command, Option } from 'commander';
import type { DiffOptions } from './commands/diff.js';
import type { LogOptions } from './commands/log.js';
import type { ScaleOutOptions } from './commands/scaleOut.js';
import type { VerifyOptions } from './commands/verify.js';
import { CommandError } from './error.js';
import { helpTexts } from './helpTexts.js';
import { LOG_PLACES, type LogPlace, logPlaces } from './run/logs/places.js';
import { addCommonOptions, addDeviceOptions, addImport, PACK } from './sharedOptions.js';
import { wholeNumber } from './values.js';

// What can be said to the commands that take a recorded run elsewhere, or to the test.

export function addScaleOut(command: Command, version: string): void {
  command
    .argument('<run>', 'the run folder: stopped, not begun, or complete with more --epochs')
    .requiredOption('--to <dir>', 'the folder to make')
    .option(
      '--epochs <n>',
      'passes over the images, in all; default: as the run has it',
      wholeNumber('--epochs', 1),
    )
    .option('--data-at <path>', 'where the pictures lie over there; default: they are copied into the folder')
    .option('--data <what>', "the run's pictures, if they have moved")
    .option('--pack <file>', PACK);
  addCommonOptions(addDeviceOptions(addImport(command)))
    .addHelpText('after', helpTexts.scaleOut)
    .action(async (run: string, options: ScaleOutOptions) =>
      (await import('./commands/scaleOut.js')).scaleOut(run, options, version),
    );
}

export function addVerify(command: Command, version: string): void {
  command
    .argument('[run]', 'the run folder; default: the newest in ./runs')
    .option('--against <dir>', 'the run folder, said so')
    .option(
      '--epochs <n>',
      'so many, from the first; default: all, and the model',
      wholeNumber('--epochs', 1),
    )
    .addOption(
      new Option('--from <step>', 'from the checkpoint after this step alone, to the next that was kept')
        .argParser(wholeNumber('--from', 1))
        .conflicts('epochs'),
    )
    .addOption(
      new Option('--to <step>', 'to the checkpoint after this step, from the one before')
        .argParser(wholeNumber('--to', 1))
        .conflicts('epochs'),
    )
    .option('--data <what>', "the run's pictures, if they have moved")
    .option('--pack <file>', PACK);
  addCommonOptions(addDeviceOptions(addImport(command)))
    .addHelpText('after', helpTexts.verify)
    .action(
      async (run: string | undefined, { against, ...options }: VerifyOptions & { against?: string }) => {
        if (run !== undefined && against !== undefined) throw namedTwice(run, against);
        await (await import('./commands/verify.js')).verify(run ?? against, options, version);
      },
    );
}

function namedTwice(run: string, against: string): CommandError {
  return new CommandError('USAGE', {
    where: 'verify',
    expected: 'one run',
    received: `${run} and --against ${against}`,
    fix: 'Leave one out.',
  });
}

export function addDiff(command: Command, version: string): void {
  command
    .argument('<first>', 'a run folder')
    .argument('<second>', 'another one')
    .option('--no-compute', 'compare what both have recorded, and compute nothing again')
    .option('--data <what>', 'the pictures of both, if they have moved')
    .option('--pack <file>', PACK);
  addCommonOptions(addImport(command))
    .addHelpText('after', helpTexts.diff)
    .action(async (first: string, second: string, options: DiffOptions) =>
      (await import('./commands/diff.js')).diff(first, second, options, version),
    );
}

export function addLog(command: Command): void {
  command
    .addArgument(
      new Argument('[where]', `${LOG_PLACES}; default: where the run's went`).argParser((text: string) =>
        logPlaces('log')(text),
      ),
    )
    .option('--run <dir>', 'the run folder; default: the newest in ./runs');
  addCommonOptions(command)
    .addHelpText('after', helpTexts.log)
    .action(async (places: LogPlace[] | undefined, options: LogOptions) =>
      (await import('./commands/log.js')).log(places, options),
    );
}
