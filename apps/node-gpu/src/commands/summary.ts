import '@tensorflow/tfjs-backend-cpu';
import { type LayerCosts, layerCosts, layerSummary, mermaidOf } from '@residual/blocks';
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

/** How a network is printed. */
type Form = 'table' | 'json' | 'mermaid';

export interface SummaryOptions extends WeightsWords {
  run?: string;
  weights?: string;
  import?: string[];
  json?: boolean;
  mermaid?: boolean;
  verbose?: boolean;
}

/**
 * Prints a network's layers with their output shapes, parameters, multiplications and memory: of one by its name, or of a run, for its task; without
 * either, all networks there are.
 */
export async function summary(name: string | undefined, options: SummaryOptions): Promise<void> {
  const { run, weights, import: files, json = false, mermaid = false, verbose, ...words } = options;
  const as = mermaid ? 'mermaid' : json ? 'json' : 'table';
  quietTensorflow(verbose);
  // Nothing is computed: tfjs's own backend holds the shapes.
  await tf.setBackend('cpu');
  requireNoRun(run, { weights, ...words });
  if (weights !== undefined) return printWeights(name, weights, words, files, as);
  if (run !== undefined) return printLayers(await rowOfRun(name, run, files), as);
  await importFiles(files ?? []);
  if (name !== undefined) return printLayers(modelNamed(name, 'MODEL'), as);
  if (as !== 'mermaid') return listModels(json);
  throw new CommandError('USAGE', {
    where: '--mermaid',
    expected: 'one network to draw',
    received: 'none',
    fix: 'Name one: `residual summary resnet18 --mermaid`.',
  });
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
  as: Form,
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
  if (as === 'table') for (const line of describeLoad(report)) print(line);
  if (as === 'table' && task !== undefined)
    print(`task        ${task.data.name}: ${task.steps.map((step) => step.name).join(', ')}`);
  printLayers({ ...row, inputShape: [height, width, channels], numClasses }, as);
}

function printLayers({ name, summary, create, inputShape, numClasses }: ModelRow, as: Form): void {
  const shape = [1, ...inputShape];
  const costs = layerCosts(create({ numClasses }), shape);
  if (as === 'mermaid') {
    print(mermaidOf(costs, shape));
    return;
  }
  if (as === 'json') {
    const { layers, ...whole } = costs;
    printJson({ name, inputShape, numClasses, ...whole, layers });
    return;
  }
  print(`${style('bold', name)}: ${summary}`);
  print(`input shape: [1,${inputShape}] (batch, height, width, channels); ${numClasses} classes`);
  print();
  for (const line of tableOf(costs)) print(line);
}

const HEADINGS = ['layer', 'class', 'output shape', 'parameters', 'multiplications', 'activations'];
/** Columns of numbers. */
const RIGHT = 3;

/** For one picture: a line a layer, and the sums. */
function tableOf({ layers, ...whole }: LayerCosts): string[] {
  const rows = [...layers, { ...whole, path: 'total', name: '', outputShape: undefined }].map((layer) => [
    layer.path,
    layer.name,
    layer.outputShape === undefined ? '' : `[${layer.outputShape}]`,
    formatCount(layer.parameters),
    formatCount(layer.multiplications),
    `${(layer.activationBytes / 1e6).toFixed(1)} MB`,
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]!.length)),
  );
  return [HEADINGS, ...rows].map((row) =>
    row
      .map((cell, column) => (column < RIGHT ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
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
