import '@tensorflow/tfjs-backend-cpu';
import { layerSummary } from '@residual/blocks';
import { definedModels, type ModelRow } from '@residual/models';
import { fitNetwork } from '@residual/runs';
import { describeLoad, requireWhole } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { quietTensorflow } from '../backends.js';
import { CommandError } from '../error.js';
import { formatCount } from '../format.js';
import { importFiles, importForRun } from '../imports.js';
import { modelNamed } from '../named.js';
import { print, printJson, shellQuote, style } from '../output.js';
import { openRun } from '../run/settings.js';
import { openNamed, requireNoRun, type WeightsWords } from '../weights/named.js';

export interface SummaryOptions extends WeightsWords {
  run?: string;
  weights?: string;
  import?: string[];
  json?: boolean;
  verbose?: boolean;
}

/**
 * Prints a network's layers with their output shapes and parameters: of one by its name, or of a run, for its task; without
 * either, all networks there are.
 */
export async function summary(name: string | undefined, options: SummaryOptions): Promise<void> {
  const { run, weights, import: files, json = false, verbose, ...words } = options;
  quietTensorflow(verbose);
  // Nothing is computed: tfjs's own backend holds the shapes.
  await tf.setBackend('cpu');
  requireNoRun(run, { weights, ...words });
  if (weights !== undefined) return printWeights(name, weights, words, files, json);
  if (run !== undefined) return printLayers(await rowOfRun(name, run, files), json);
  await importFiles(files ?? []);
  if (name === undefined) listModels(json);
  else printLayers(modelNamed(name, 'MODEL'), json);
}

/** The network of a run, as it is for the pictures and classes of its task. */
async function rowOfRun(name: string | undefined, run: string, files?: string[]): Promise<ModelRow> {
  requireNoName(name, '--run');
  const { folder, settings } = await openRun(run);
  await importForRun(
    settings.environment.imports,
    files,
    `residual summary --run ${shellQuote(folder.path)}`,
  );
  const { model } = settings.training;
  const { height, width, channels } = settings.task.picture;
  return {
    ...modelNamed(model.name, `${folder.file('config.json')}: training.model`, model.version),
    inputShape: [height, width, channels],
    numClasses: settings.task.classNames.length,
  };
}

function requireNoName(name: string | undefined, option: string): void {
  if (name === undefined) return;
  throw new CommandError('USAGE', {
    where: 'MODEL',
    expected: `none beside ${option}, which names it`,
    received: name,
    fix: 'Leave one of them out.',
  });
}

/** The network of a file of weights, what became of its tensors, and what it was trained for. */
async function printWeights(
  name: string | undefined,
  path: string,
  words: WeightsWords,
  files: string[] | undefined,
  json: boolean,
): Promise<void> {
  requireNoName(name, '--weights');
  await importFiles(files ?? []);
  const named = await openNamed(path, words);
  const { model, channels, numClasses, task } = named;
  await named.close();
  const { report } = fitNetwork(named.file, named);
  requireWhole(report);
  const row = modelNamed(model.name, path, model.version);
  const [height, width] = task === undefined ? row.inputShape : [task.picture.height, task.picture.width];
  if (!json) for (const line of describeLoad(report)) print(line);
  if (!json && task !== undefined)
    print(`task        ${task.data.name}: ${task.steps.map((step) => step.name).join(', ')}`);
  printLayers({ ...row, inputShape: [height, width, channels], numClasses }, json);
}

function printLayers({ name, summary, create, inputShape, numClasses }: ModelRow, json: boolean): void {
  const { layers, parameters, text } = layerSummary(create({ numClasses }), [1, ...inputShape]);
  if (json) {
    printJson({ name, inputShape, numClasses, parameters, layers });
    return;
  }
  print(`${style('bold', name)}: ${summary}`);
  print(`input shape: [1,${inputShape}] (batch, height, width, channels); ${numClasses} classes`);
  print();
  print(text);
}

function listModels(json: boolean): void {
  const all = definedModels();
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const row of all) {
    const { name, version, summary, inputShape, numClasses } = row;
    const parameters = parametersOf(row);
    const own = version === undefined ? {} : { version };
    if (json) printJson({ name, ...own, summary, inputShape, numClasses, parameters });
    else
      print(
        `${style('bold', name.padEnd(width))}  ${formatCount(parameters).padStart(11)} parameters  ${summary}`,
      );
  }
}

function parametersOf(row: ModelRow): number {
  if ('parameters' in row) return Number(row.parameters);
  return layerSummary(row.create({ numClasses: row.numClasses }), [1, ...row.inputShape]).parameters;
}
