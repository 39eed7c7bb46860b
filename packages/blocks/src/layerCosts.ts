import * as tf from '@tensorflow/tfjs-core';
import { aroundForward } from './aroundForward.js';
import { dryRun } from './dryRun.js';
import { type LayerLine, layerSummary } from './layerSummary.js';
import type { Module } from './module.js';
import { Parameter } from './parameter.js';

/** What a layer, or a network, costs. */
export interface Costs {
  /** Trained numbers. */
  parameters: number;
  /** Of one pass forward, each with its addition: those of convolutions and linear layers, as papers count. */
  multiplications: number;
  /** Of the outputs of all layers in float32: about what training keeps for the way back. */
  activationBytes: number;
}

export interface LayerCosts extends Costs {
  layers: (LayerLine & Costs)[];
}

const BYTES = 4;

/**
 * The output shape of each top-level layer, and what it costs: parameters, multiplications, memory for activations.
 *
 * Every weight [..., Cin, Cout] is used once for each place of its layer's output, so that no kind of layer needs a formula of its own.
 * Does no arithmetic. A model that isn't initialised yet stays so.
 *
 * @param inputShape with the batch, for all of which the costs are; such as [1, 224, 224, 3]
 * @throws BlocksError `SHAPE` when the input doesn't fit, with the path of the layer.
 *
 * @example
 * layerCosts(resnet50(), [1, 224, 224, 3]).multiplications; // 4089184256
 */
export function layerCosts(model: Module, inputShape: readonly number[]): LayerCosts {
  const { layers, parameters } = layerSummary(model, inputShape);
  const found = layers.map((layer) => ({ ...layer, multiplications: 0, activationBytes: 0 }));
  const whole = { multiplications: 0, activationBytes: 0 };
  const kept = new Set<object>();
  let current = 0;
  let depth = 0;
  const created = aroundForward(
    model,
    ({ path, module, input, proceed }) => {
      kept.add(input.dataId); // an output that was counted, or the pictures
      depth++;
      const output = proceed();
      depth--;
      const layer = found[current]!;
      const multiplications = multiplicationsOf(module, output);
      const activationBytes = kept.has(output.dataId) ? 0 : BYTES * output.size;
      kept.add(output.dataId);
      for (const costs of [layer, whole]) {
        costs.multiplications += multiplications;
        costs.activationBytes += activationBytes;
      }
      if (depth === 0 && path === layer.path) current++;
      return output;
    },
    () => dryRun(model, inputShape, (_, shape) => tf.zeros(shape)),
  );
  for (const { leaf } of created) leaf.dispose();
  return { layers: found, parameters, ...whole };
}

/** Of the weights right inside a module. */
function multiplicationsOf(module: Module, output: tf.Tensor): number {
  return module
    .children()
    .flatMap(([, child]) => (child instanceof Parameter && child.role === 'weight' ? child.value : []))
    .reduce((sum, { size, shape }) => sum + (size / shape.at(-1)!) * output.size, 0);
}

/**
 * A network's top-level layers one after another, as a Mermaid flowchart: shapes on the arrows, costs in the boxes.
 *
 * @param inputShape as `layerCosts` was given
 */
export function mermaidOf({ layers }: LayerCosts, inputShape: readonly number[]): string {
  const boxes = layers.map(({ path, name, parameters, multiplications }, i) => {
    const costs = `${grouped(parameters)} parameters<br/>${grouped(multiplications)} multiplications`;
    return `  layer${i}["<b>${path}</b> ${name}<br/>${costs}"]`;
  });
  const ends = ['input', ...layers.map((_, i) => `layer${i}`), 'output'];
  const shapes = [inputShape, ...layers.map(({ outputShape }) => outputShape)];
  const arrows = shapes.map((shape, i) => `  ${ends[i]} -->|"${shape.join(' x ')}"| ${ends[i + 1]}`);
  return ['flowchart TD', '  input(["pictures"])', ...boxes, '  output(["logits"])', ...arrows].join('\n');
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
