import { type Command, Option } from 'commander';
import type { CompareOptions } from './commands/compare.js';
import { helpTexts } from './helpTexts.js';
import { addCommonOptions, addDeviceOptions, addImport, DATA, PACK } from './sharedOptions.js';
import { positiveNumber, wholeNumber } from './values.js';

/** Adds `compare`. */
export function addCompareCommand(program: Command, version: string): void {
  const command = program
    .command('compare')
    .description('train networks alike, judge them by the same images, compare them')
    .argument('[what...]', 'run folders, recipes, files as of --config, or a comparison by its name')
    .option('--minutes <n>', 'for all runs together; default: 10', positiveNumber('--minutes'))
    .option('--epochs <n>', 'of each run, however long it takes', wholeNumber('--epochs', 1))
    .option('--seeds <n>', 'how many runs of each, by the seeds 0, 1 and so on', wholeNumber('--seeds', 1), 1)
    .option(
      '--limit <n>',
      'n training images, as train takes them; default: as each says',
      wholeNumber('--limit', 1),
    )
    .option('--batch-size <n>', 'images a step; default: as each says', wholeNumber('--batch-size', 1))
    .option('--data <what>', `${DATA}; default: as each says`)
    .option('--pack <file>', PACK)
    .addOption(
      new Option('--part <part>', 'which part of the pictures judges them')
        .choices(['test', 'validation', 'train'])
        .default('validation'),
    )
    .option('--checkpoint-every <seconds>', 'as of train', positiveNumber('--checkpoint-every'))
    .option('--out <dir>', 'the folder to make; default: runs/<time>-<name>')
    .option('--resume <dir>', 'go on with the comparison in this folder');
  addCommonOptions(addDeviceOptions(addImport(command)))
    .addHelpText('after', helpTexts.compare)
    .action(async (words: string[], options: CompareOptions) =>
      (await import('./commands/compare.js')).compare(words, options, version),
    );
}
