import { type Command, Option } from 'commander';
import type { FindRateOptions } from './commands/findRate.js';
import { defaultSource } from './defaults.js';
import { helpTexts } from './helpTexts.js';
import { addLogOption } from './run/logs/places.js';
import { type TrainOptions, withPictures } from './run/options.js';
import { addPictureOptions } from './run/pictureOptions.js';
import { addSplitOptions } from './run/splitOptions.js';
import { addTrainingOptions } from './run/trainingOptions.js';
import { addCommonOptions, addDeviceOptions, addImport, DATA, PACK, RECIPES } from './sharedOptions.js';
import { positiveNumber, wholeNumber } from './values.js';

const MAX_SEED = 2 ** 32 - 1;
const STAGES =
  'of weights: full trains all layers, frozen the head alone, auto both, and keeps the better; default: full';

/** Adds `train` and `find-rate`, which take the same run. */
export function addTrainCommands(program: Command, version: string): void {
  addTrain(program.command('train').description('train a network, or go on with a run'), version);
  const found = 'try learning rates for a run, plot the loss, and suggest one';
  addFindRate(program.command('find-rate').description(found), version);
}

function addTrain(command: Command, version: string): void {
  addRunOptions(command)
    .option('--print-config', 'print what would run, as JSON, and end')
    .option('--preview <file.png>', 'draw 32 training pictures as the network gets them, and end')
    .addOption(new Option('--stages <which>', STAGES).choices(['full', 'frozen', 'auto']))
    .option('--epochs <n>', "passes over the images; default: the recipe's", wholeNumber('--epochs', 1))
    .option(
      '--minutes <n>',
      'as many epochs as fit, with all else, into so many minutes from now; the schedule is theirs',
      positiveNumber('--minutes'),
    )
    .option(
      '--halve-batch',
      'where the device has no memory for the first steps, begin again with half the batch, once',
    )
    .option('--learning-rate <x>', "default: the recipe's", positiveNumber('--learning-rate'));
  addTrainingOptions(command)
    .option(
      '--checkpoint-every <seconds>',
      'save this often, and after every epoch; default: 60',
      positiveNumber('--checkpoint-every', 'a number of seconds'),
    )
    .option(
      '--keep-every <n>',
      'keep the checkpoint after each n-th epoch for good, so that `residual verify` can compute what lies between them again',
      wholeNumber('--keep-every', 1),
    )
    .option('--out <dir>', 'the run folder to make; default: runs/<time>-<recipe>')
    .option(
      '--resume <dir>',
      'go on with the run in this folder, exactly as if it had never stopped, or with more epochs, another rate, backend...',
    );
  addCommonOptions(addDeviceOptions(addLogOption(command)))
    .addHelpText('after', helpTexts.train)
    .action(async (pictures: string | undefined, options: TrainOptions) =>
      (await import('./commands/train.js')).train(withPictures(pictures, options), version),
    );
}

function addFindRate(command: Command, version: string): void {
  addRunOptions(command)
    .option('--from <x>', 'the first learning rate; default: 1e-6', positiveNumber('--from'))
    .option(
      '--to <x>',
      'the last, where the loss has not diverged before; default: 10',
      positiveNumber('--to'),
    )
    .option('--steps <n>', 'how many, each in a step of its own; default: 100', wholeNumber('--steps', 2))
    .option('--plot <file.png>', 'where to draw the loss over the rate; default: find-rate.png');
  addTrainingOptions(command, NOT_OF_A_STEP);
  addCommonOptions(addDeviceOptions(command))
    .addHelpText('after', helpTexts.findRate)
    .action(async (pictures: string | undefined, options: FindRateOptions) =>
      (await import('./commands/findRate.js')).findRate(withPictures(pictures, options), version),
    );
}

/** What a single step has nothing to do with. */
const NOT_OF_A_STEP = ['schedule', 'warmup', 'patience', 'swa', 'holdOut'] as const;

/** Which pictures a run is of, and which network. */
function addRunOptions(command: Command): Command {
  command
    .argument('[pictures]', 'the same as --data')
    .option(
      '--config <file>',
      "what config.json says, or parts of it; the command line's options override it",
    )
    .option('--recipe <name>', `auto, ${RECIPES}; default: auto`)
    .option('--model <name>', "another network than the recipe's; `residual summary` lists them")
    .option(
      '--weights <what>',
      'begin with these: a file or folder of any library, a run, hf://OWNER/NAME, or a row of `residual weights`; --model then says what they are',
    )
    .option('--batch-size <n>', "images a step; default: the recipe's", wholeNumber('--batch-size', 1))
    .option(
      '--limit <n>',
      'n training images, and at most n of each other part: the first, or evenly of all classes where they lie in folders',
      wholeNumber('--limit', 1),
    )
    .option('--seed <n>', "decides all randomness; default: the recipe's", wholeNumber('--seed', 0, MAX_SEED))
    .option('--data <what>', `${DATA}; default: ${defaultSource.name}`)
    .option('--pack <file>', PACK);
  return addImport(addSplitOptions(addPictureOptions(command)));
}
