import * as tf from '@tensorflow/tfjs-core';
import { aroundForward } from './aroundForward.js';
import { dryRun } from './dryRun.js';
import type { Module } from './module.js';
import { Parameter } from './parameter.js';
import { leavesOf, topModulesOf } from './walk.js';

export interface LayerLine {
  /** The layer's place in the model, such as `stages.0`. */
  path: string;
  /** Its class. */
  name: string;
  outputShape: number[];
  /** Trained numbers; those shared with a line above count there. */
  parameters: number;
}

export interface LayerSummary {
  layers: LayerLine[];
  /** Trained numbers of the whole model. */
  parameters: number;
  /** The same as lines to print. */
  text: string;
}

/**
 * The output shape of each top-level layer, as d2l's `layer_summary` prints it, and its number of parameters.
 *
 * Does no arithmetic. A model that isn't initialised yet stays so.
 *
 * @param inputShape with the batch, such as [1, 96, 96, 1]
 * @throws BlocksError `SHAPE` when the input doesn't fit, with the path of the layer.
 */
export function layerSummary(model: Module, inputShape: readonly number[]): LayerSummary {
  const topPaths = new Map(topModulesOf(model).map(({ path, module }) => [module, path]));
  const outputs: { path: string; module: Module; shape: number[] }[] = [];
  let depth = 0;
  const created = aroundForward(
    model,
    ({ module, proceed }) => {
      depth++;
      const output = proceed();
      depth--;
      const path = topPaths.get(module);
      // A top-level layer may also be part of another one: what happens in there has no line of its own.
      if (path !== undefined && depth === 0) outputs.push({ path, module, shape: output.shape });
      return output;
    },
    () => dryRun(model, inputShape, (_, shape) => tf.zeros(shape)),
  );
  const count = uniqueCounter();
  const layers = outputs.map(({ path, module, shape }) => ({
    path,
    name: module.constructor.name,
    outputShape: shape,
    parameters: count(module),
  }));
  const parameters = uniqueCounter()(model);
  for (const { leaf } of created) leaf.dispose();
  return { layers, parameters, text: textOf(layers, parameters) };
}

/** Counts trained numbers, each once over all calls. */
function uniqueCounter(): (module: Module) => number {
  const counted = new Set<object>();
  return (module) =>
    leavesOf(module)
      .filter(({ leaf }) => leaf instanceof Parameter && !counted.has(leaf))
      .reduce((sum, { leaf }) => {
        counted.add(leaf);
        return sum + leaf.value.size;
      }, 0);
}

const grouped = (count: number): string => count.toLocaleString('en-US');

function textOf(layers: LayerLine[], parameters: number): string {
  const rows = layers.map((layer) => [
    layer.path,
    layer.name,
    `output shape: [${layer.outputShape}]`,
    grouped(layer.parameters),
  ]);
  const total = ['total', '', '', grouped(parameters)];
  const widths = total.map((_, column) => Math.max(...[...rows, total].map((row) => row[column]!.length)));
  return [...rows, total]
    .map((row) =>
      row
        .map((cell, column) => (column === 3 ? cell.padStart(widths[3]!) : cell.padEnd(widths[column]!)))
        .join('  '),
    )
    .map((line) => `${line} parameters`)
    .join('\n');
}
