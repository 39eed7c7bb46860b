import '@tensorflow/tfjs-backend-cpu';
import { layerSummary } from '@residual/blocks';
import { type ModelDescription, models } from '@residual/models';
import * as tf from '@tensorflow/tfjs-core';
import { quietTensorflow } from '../backends.js';
import { formatCount } from '../format.js';
import { modelNamed } from '../named.js';
import { print, printJson, style } from '../output.js';

export interface SummaryOptions {
  json?: boolean;
  verbose?: boolean;
}

/** Prints a network's layers with their output shapes and parameters; without a name, all networks there are. */
export async function summary(name: string | undefined, { json, verbose }: SummaryOptions): Promise<void> {
  if (name === undefined) return listModels(json ?? false);
  const { create, inputShape, numClasses, ...model } = modelNamed(name, 'MODEL');
  quietTensorflow(verbose);
  // Nothing is computed: tfjs's own backend holds the shapes.
  await tf.setBackend('cpu');
  const { layers, parameters, text } = layerSummary(create({ numClasses }), [1, ...inputShape]);
  if (json) return printJson({ name: model.name, inputShape, numClasses, parameters, layers });
  print(`${style('bold', model.name)}: ${model.summary}`);
  print(`input shape: [1,${inputShape}] (batch, height, width, channels); ${numClasses} classes`);
  print();
  print(text);
}

function listModels(json: boolean): void {
  const all: ModelDescription[] = Object.values(models);
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, summary, inputShape, numClasses, parameters } of all) {
    if (json) printJson({ name, summary, inputShape, numClasses, parameters });
    else
      print(
        `${style('bold', name.padEnd(width))}  ${formatCount(parameters).padStart(11)} parameters  ${summary}`,
      );
  }
}
