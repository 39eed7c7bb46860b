import { styleText } from 'node:util';
import { Argument, Command, Option } from 'commander';
import type { BackendsOptions } from './commands/backends.js';
import type { ConvertOptions } from './commands/convert.js';
import type { DataOptions } from './commands/data.js';
import type { EvaluateOptions } from './commands/evaluate.js';
import type { FigureName } from './commands/figure.js';
import type { PredictOptions } from './commands/predict.js';
import type { SetupOptions } from './commands/setup.js';
import type { SummaryOptions } from './commands/summary.js';
import type { WeightsOptions } from './commands/weights.js';
import { addCompareCommand } from './compareCommand.js';
import { helpTexts } from './helpTexts.js';
import { addDiff, addLog, addScaleOut, addVerify } from './recordedRunCommands.js';
import { addPictureOptions } from './run/pictureOptions.js';
import { addSplitOptions } from './run/splitOptions.js';
import {
  addBackendOptions,
  addCommonOptions,
  addDeviceOptions,
  addImport,
  addTta,
  DATA,
  PACK,
  RECIPES,
} from './sharedOptions.js';
import { addTrainCommands } from './trainCommand.js';
import { typeable } from './typeable.js';
import { wholeNumber } from './values.js';

const MODEL_OF_WEIGHTS = 'what the weights are: a row of `residual weights`, or a network alone';
const TASK_OF_WEIGHTS = 'their task: a row of `residual weights`, or a file with one';

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
  addTrainCommands(program, version);
  addEvaluate(program.command('evaluate').description("measure a run's model on the test images"));
  addCompareCommand(program, version);
  addLog(program.command('log').description("write a run's logs for TensorBoard, MLflow and others"));
  addPredict(program.command('predict').description('name what is in pictures (PNG, JPEG, WebP, GIF, AVIF)'));
  addData(
    program.command('data').description('look at pictures before training: what is there, what may go wrong'),
    version,
  );
  addSummary(program.command('summary').description("print a network's layers, shapes and costs"));
  addFigure(
    program.command('figure').description('write a figure of the chapter, computed, as a page to play with'),
  );
  addConvert(
    program.command('convert').description('weights of other libraries in, under our names, and back'),
  );
  addScaleOut(
    program.command('scale-out').description('hand a run over to PyTorch, on as many machines as there are'),
    version,
  );
  addVerify(program.command('verify').description('compute a run again, and compare it to the bit'), version);
  addDiff(
    program.command('diff').description('find where two runs part: the step, the layer, the operation'),
    version,
  );
  addWeights(program.command('weights').description('list the published weights that are known by name'));
  addBackends(program.command('backends').description('list what can compute here, what cannot, and why'));
  addSetup(program.command('setup').description('build what a backend needs on this machine (Linux)'));
  return program;
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
  addTta(
    command,
    'mirror judges by the mean for each image and its mirror image too, crops by the corners and the middle, as a figure of its own',
  );
  addCommonOptions(addDeviceOptions(addImport(command)))
    .addHelpText('after', helpTexts.evaluate)
    .action(async (options: EvaluateOptions) => (await import('./commands/evaluate.js')).evaluate(options));
}

function addPredict(command: Command): void {
  command
    .argument('<files...>', 'pictures, folders of them, or - for paths from stdin, one a line')
    .option('--run <dir>', 'the run folder; default: the newest in ./runs')
    .option('--weights <path>', 'a file, folder or hf://OWNER/NAME of weights instead, of any library')
    .option('--model <name>', MODEL_OF_WEIGHTS)
    .option('--task <what>', TASK_OF_WEIGHTS)
    .option('--top <n>', 'how many classes to print', wholeNumber('--top', 1), 3)
    .option('--best', 'the model as it was after the epoch that did best in validation')
    .option('--embed', 'print what the network makes of each picture before its head, as numbers')
    .option('--embed-at <path>', 'the same of another place, such as stages.2')
    .option('--csv', 'print a table instead of text: path,label,probability and so on');
  addTta(
    command,
    'mirror answers by the mean for each picture and its mirror image, crops for its corners and its middle',
  );
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
    .option('--pack <file>', PACK)
    .option('--shards <dir>', 'write the pictures into tar shards there instead, as train would have them');
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
    .option('--weights <path>', 'the network of a file, folder or hf://OWNER/NAME of weights instead')
    .option('--model <name>', MODEL_OF_WEIGHTS)
    .option('--task <what>', TASK_OF_WEIGHTS)
    .addOption(new Option('--mermaid', 'the layers as a Mermaid flowchart').conflicts('json'));
  addCommonOptions(addImport(command))
    .addHelpText('after', helpTexts.summary)
    .action(async (model: string | undefined, options: SummaryOptions) =>
      (await import('./commands/summary.js')).summary(model, options),
    );
}

function addFigure(command: Command): void {
  command
    .addArgument(new Argument('<name>', 'which one').choices(['function-classes']))
    .option('--out <file.html>', 'where to write it; default: <name>.html');
  addCommonOptions(command)
    .addHelpText('after', helpTexts.figure)
    .action(async (name: FigureName, options: { out?: string; json?: boolean }) =>
      (await import('./commands/figure.js')).figure(name, options),
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
