import '@tensorflow/tfjs-backend-cpu';
import { layerSummary } from '@residual/blocks';
import { definedModels, type ModelRow } from '@residual/models';
import * as tf from '@tensorflow/tfjs-core';
import { quietTensorflow } from '../backends.js';
import { CommandError } from '../error.js';
import { formatCount } from '../format.js';
import { importFiles, importForRun } from '../imports.js';
import { modelNamed } from '../named.js';
import { print, printJson, shellQuote, style } from '../output.js';
import { openRun } from '../run/settings.js';

export interface SummaryOptions {
  run?: string;
  import?: string[];
  json?: boolean;
  verbose?: boolean;
}

/**
 * Prints a network's layers with their output shapes and parameters: of one by its name, or of a run, for its task; without
 * either, all networks there are.
 */
export async function summary(name: string | undefined, options: SummaryOptions): Promise<void> {
  const { run, import: files, json = false, verbose } = options;
  quietTensorflow(verbose);
  // Nothing is computed: tfjs's own backend holds the shapes.
  await tf.setBackend('cpu');
  if (run !== undefined) return printLayers(await rowOfRun(name, run, files), json);
  await importFiles(files ?? []);
  if (name === undefined) listModels(json);
  else printLayers(modelNamed(name, 'MODEL'), json);
}

/** The network of a run, as it is for the pictures and classes of its task. */
async function rowOfRun(name: string | undefined, run: string, files?: string[]): Promise<ModelRow> {
  if (name !== undefined) {
    throw new CommandError('USAGE', {
      where: 'MODEL',
      expected: 'none beside --run, which names it',
      received: name,
      fix: 'Leave one of them out.',
    });
  }
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
