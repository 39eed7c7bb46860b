import { type Command, Option } from 'commander';
import { defaultSource } from './defaults.js';
import { helpTexts } from './helpTexts.js';
import { type TrainOptions, withPictures } from './run/options.js';
import { addPictureOptions } from './run/pictureOptions.js';
import { addSplitOptions } from './run/splitOptions.js';
import { addTrainingOptions } from './run/trainingOptions.js';
import { addCommonOptions, addDeviceOptions, addImport, DATA, PACK, RECIPES } from './sharedOptions.js';
import { positiveNumber, wholeNumber } from './values.js';

const MAX_SEED = 2 ** 32 - 1;
const STAGES =
  'of weights: full trains all layers, frozen the head alone, auto both, and keeps the better; default: full';

export function addTrain(command: Command, version: string): void {
  command
    .argument('[pictures]', 'the same as --data')
    .option(
      '--config <file>',
      "what config.json says, or parts of it; the command line's options override it",
    )
    .option('--print-config', 'print what would run, as JSON, and end')
    .option('--preview <file.png>', 'draw 32 training pictures as the network gets them, and end')
    .option('--recipe <name>', `auto, ${RECIPES}; default: auto`)
    .option('--model <name>', "another network than the recipe's; `residual summary` lists them")
    .option(
      '--weights <what>',
      'begin with these: a file or folder of any library, a run, hf://OWNER/NAME, or a row of `residual weights`; --model then says what they are',
    )
    .addOption(new Option('--stages <which>', STAGES).choices(['full', 'frozen', 'auto']))
    .option('--epochs <n>', "passes over the images; default: the recipe's", wholeNumber('--epochs', 1))
    .option(
      '--minutes <n>',
      'as many epochs as fit, with all else, into so many minutes from now; the schedule is theirs',
      positiveNumber('--minutes'),
    )
    .option('--batch-size <n>', "images a step; default: the recipe's", wholeNumber('--batch-size', 1))
    .option(
      '--halve-batch',
      'where the device has no memory for the first steps, begin again with half the batch, once',
    )
    .option('--learning-rate <x>', "default: the recipe's", positiveNumber('--learning-rate'));
  addTrainingOptions(command)
    .option(
      '--limit <n>',
      'n training images, and at most n of each other part: the first, or evenly of all classes where they lie in folders',
      wholeNumber('--limit', 1),
    )
    .option('--seed <n>', "decides all randomness; default: the recipe's", wholeNumber('--seed', 0, MAX_SEED))
    .option('--data <what>', `${DATA}; default: ${defaultSource.name}`)
    .option('--pack <file>', PACK);
  addDeviceOptions(addImport(addSplitOptions(addPictureOptions(command))))
    .option(
      '--checkpoint-every <seconds>',
      'save this often, and after every epoch; default: 60',
      positiveNumber('--checkpoint-every', 'a number of seconds'),
    )
    .option('--out <dir>', 'the run folder to make; default: runs/<time>-<recipe>')
    .option(
      '--resume <dir>',
      'go on with the run in this folder, exactly as if it had never stopped, or with more epochs, another rate, backend...',
    );
  addCommonOptions(command)
    .addHelpText('after', helpTexts.train)
    .action(async (pictures: string | undefined, options: TrainOptions) =>
      (await import('./commands/train.js')).train(withPictures(pictures, options), version),
    );
}
