import { styleText } from 'node:util';
import { photos, recipes } from '@residual/recipes';
import { Argument, Command, Option } from 'commander';
import { backendOptions, flagOf, parseValue } from './backends.js';
import type { BackendsOptions } from './commands/backends.js';
import type { ConvertOptions } from './commands/convert.js';
import type { DataOptions } from './commands/data.js';
import type { EvaluateOptions } from './commands/evaluate.js';
import type { PredictOptions } from './commands/predict.js';
import type { SetupOptions } from './commands/setup.js';
import type { SummaryOptions } from './commands/summary.js';
import type { WeightsOptions } from './commands/weights.js';
import { defaultSource } from './defaults.js';
import { oneOf } from './format.js';
import { helpTexts } from './helpTexts.js';
import { type TrainOptions, withPictures } from './run/options.js';
import { addPictureOptions } from './run/pictureOptions.js';
import { addSplitOptions } from './run/splitOptions.js';
import { addTrainingOptions } from './run/trainingOptions.js';
import { typeable } from './typeable.js';
import { positiveNumber, wholeNumber } from './values.js';

const MAX_SEED = 2 ** 32 - 1;
const RECIPES = oneOf([...Object.keys(recipes), photos.name]);
const DATA =
  'pictures: a folder with a folder for each class, a CSV, a zip, IDX, CIFAR or npz files; or a source by its name';
const MODEL_OF_WEIGHTS = 'what the weights are: a row of `residual weights`, or a network alone';
const TASK_OF_WEIGHTS = 'their task: a row of `residual weights`, or a file with one';

const STAGES = 'of weights: full trains all layers, frozen the head alone, auto both; default: full';
const PACK = "keep the decoded pictures in this file; default: one in the user's cache";

/** The command line: what can be said, and which command does it. A command's code is loaded when it is called. */
export function createProgram(version: string): Command {
  const program = new Command('residual')
    .description('Train residual networks from a terminal, on whatever this machine has.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    // Commander takes the colours out again where stdout is no terminal or NO_COLOR is set.
    .configureHelp({
      styleTitle: (title) => styleText('bold', title, { validateStream: false }),
      styleOptionTerm: (term) => styleText('cyan', term, { validateStream: false }),
      styleSubcommandTerm: (term) => styleText('cyan', term, { validateStream: false }),
    })
    // main.ts says what is wrong, in the same way for all errors.
    .configureOutput({ outputError: () => {}, writeOut: (text) => process.stdout.write(typeable(text)) })
    .exitOverride()
    .addHelpText('after', helpTexts.main);
  addTrain(program.command('train').description('train a network, or go on with a run'), version);
  addEvaluate(program.command('evaluate').description("measure a run's model on the test images"));
  addPredict(program.command('predict').description('name what is in pictures (PNG, JPEG, WebP, GIF, AVIF)'));
  addData(
    program.command('data').description('look at pictures before training: what is there, what may go wrong'),
    version,
  );
  addSummary(program.command('summary').description("print a network's layers, shapes and parameters"));
  addConvert(
    program.command('convert').description('weights of other libraries in, under our names, and back'),
  );
  addWeights(program.command('weights').description('list the published weights that are known by name'));
  addBackends(program.command('backends').description('list what can compute here, what cannot, and why'));
  addSetup(program.command('setup').description('build what a backend needs on this machine (Linux)'));
  return program;
}

function addTrain(command: Command, version: string): void {
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
      'begin with these: a file or folder of any library, a run, or a row of `residual weights`; --model then says what they are',
    )
    .addOption(new Option('--stages <which>', STAGES).choices(['full', 'frozen', 'auto']))
    .option('--epochs <n>', "passes over the images; default: the recipe's", wholeNumber('--epochs', 1))
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
    .option('--resume <dir>', 'go on with the run in this folder, exactly as if it had never stopped');
  addCommonOptions(command)
    .addHelpText('after', helpTexts.train)
    .action(async (pictures: string | undefined, options: TrainOptions) =>
      (await import('./commands/train.js')).train(withPictures(pictures, options), version),
    );
}

function addEvaluate(command: Command): void {
  command
    .option('--run <dir>', 'the run folder; default: the newest in ./runs')
    .option('--data <what>', `${DATA}; default: that of the run`)
    .addOption(
      new Option('--part <part>', 'which part of the pictures')
        .choices(['test', 'validation', 'train'])
        .default('test'),
    )
    .option('--limit <n>', 'n of these images, taken as by train; default: all', wholeNumber('--limit', 1))
    .option('--best', 'the model as it was after the epoch that did best in validation');
  addCommonOptions(addDeviceOptions(addImport(command)))
    .addHelpText('after', helpTexts.evaluate)
    .action(async (options: EvaluateOptions) => (await import('./commands/evaluate.js')).evaluate(options));
}

function addPredict(command: Command): void {
  command
    .argument('<files...>', 'pictures, folders of them, or - for paths from stdin, one a line')
    .option('--run <dir>', 'the run folder; default: the newest in ./runs')
    .option('--weights <path>', 'a file or folder of weights instead, of any library')
    .option('--model <name>', MODEL_OF_WEIGHTS)
    .option('--task <what>', TASK_OF_WEIGHTS)
    .option('--top <n>', 'how many classes to print', wholeNumber('--top', 1), 3)
    .option('--best', 'the model as it was after the epoch that did best in validation')
    .option('--csv', 'print a table instead of text: path,label,probability and so on');
  addCommonOptions(addDeviceOptions(addImport(command)))
    .addHelpText('after', helpTexts.predict)
    .action(async (files: string[], options: PredictOptions) =>
      (await import('./commands/predict.js')).predict(files, options),
    );
}

function addData(command: Command, version: string): void {
  command
    .argument('<what>', DATA)
    .option('--recipe <name>', `auto, ${RECIPES}; default: auto`)
    .option('--pack <file>', PACK);
  addCommonOptions(addDeviceOptions(addImport(addPictureOptions(addSplitOptions(command)))))
    .addHelpText('after', helpTexts.data)
    .action(async (what: string, options: DataOptions) =>
      (await import('./commands/data.js')).data(what, options, version),
    );
}

function addSummary(command: Command): void {
  command
    .argument('[model]', 'its name; without one, all networks are listed')
    .option('--run <dir>', "a run's network instead, for its pictures and classes")
    .option('--weights <path>', 'the network of a file or folder of weights instead, of any library')
    .option('--model <name>', MODEL_OF_WEIGHTS)
    .option('--task <what>', TASK_OF_WEIGHTS);
  addCommonOptions(addImport(command))
    .addHelpText('after', helpTexts.summary)
    .action(async (model: string | undefined, options: SummaryOptions) =>
      (await import('./commands/summary.js')).summary(model, options),
    );
}

function addConvert(command: Command): void {
  command
    .argument('<in>', 'safetensors, .pth, .npz, a run folder, or a folder of the Hugging Face Hub')
    .argument('<out>', 'a file NAME.safetensors to write; for timm a folder')
    .option('--model <name>', MODEL_OF_WEIGHTS)
    .addOption(
      new Option('--names <whose>', 'under whose names to write')
        .choices(['ours', 'torchvision', 'timm'])
        .default('ours'),
    )
    .option('--task <what>', TASK_OF_WEIGHTS);
  addCommonOptions(addImport(command))
    .addHelpText('after', helpTexts.convert)
    .action(async (input: string, output: string, options: ConvertOptions) =>
      (await import('./commands/convert.js')).convert(input, output, options),
    );
}

function addWeights(command: Command): void {
  command.argument('[text]', 'a part of their names');
  addCommonOptions(command)
    .addHelpText('after', helpTexts.weights)
    .action(async (text: string | undefined, options: WeightsOptions) =>
      (await import('./commands/weights.js')).weights(text, options),
    );
}

function addBackends(command: Command): void {
  addCommonOptions(addBackendOptions(command))
    .addHelpText('after', helpTexts.backends)
    .action(async (options: BackendsOptions) => (await import('./commands/backends.js')).backends(options));
}

function addSetup(command: Command): void {
  command
    .addArgument(new Argument('<backend>', 'which one').choices(['tensorflow']))
    .requiredOption(
      '--library <dir>',
      'a folder with libtensorflow, such as a venv with the PyPI package tensorflow',
    );
  addCommonOptions(command)
    .addHelpText('after', helpTexts.setup)
    .action(async (_backend: string, options: SetupOptions) =>
      (await import('./commands/setup.js')).setup(options),
    );
}

function addDeviceOptions(command: Command): Command {
  return addBackendOptions(
    command.option('--backend <name>', 'auto or one that `residual backends` lists; default: auto'),
  );
}

/** What the backends say of themselves. */
function addBackendOptions(command: Command): Command {
  for (const option of backendOptions) {
    const what =
      option.values.kind === 'wholeNumber' ? 'n' : option.values.kind === 'text' ? 'name' : 'value';
    command.option(`${flagOf(option.name)} <${what}>`, option.help, (text: string) =>
      parseValue(option, text),
    );
  }
  return command;
}

function addImport(command: Command): Command {
  return command.option(
    '--import <file>',
    'a module that defines pieces of your own; may be repeated',
    (file: string, files: string[] = []) => [...files, file],
  );
}

function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON instead of text, one value a line')
    .option('--verbose', "print where an error comes from, and TensorFlow.js's own messages");
}
