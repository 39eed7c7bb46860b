import { batchNorm, conv2d, gradientNorm, maxPool2d, softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { ConformanceCase } from '../case.js';
import { assertClose, assertNaN, assertSame } from '../compare.js';
import { drawTensor } from '../draw.js';
import { ConformanceError } from '../error.js';
import { computeTwice, type NamedValues } from '../execute.js';
import { moments64 } from '../float64/batchNorm.js';
import { maxPool64 } from '../float64/pool.js';
import { assertBackend } from '../kernels.js';
import type { Context } from '../options.js';
import type { Values } from '../values.js';
import { lossOfImpossible, targetLossOfNaN, targetsOfUnknown } from './targetEdges.js';

type Check = (where: string, context: Context) => Promise<void>;

/** What must not be lost or invented at the edges: NaN, bad labels, long sums, and the kernels' further outputs. */
export function edgeCases(context: Context): ConformanceCase[] {
  const of = (group: string, name: string, check: Check): ConformanceCase => ({
    group,
    name,
    run: async () => {
      assertBackend(context);
      await check(`${group} ${name}`, context);
    },
  });
  return [
    of('conv2d', 'a NaN reaches every output that sees it, and the gradients', convolutionOfNaN),
    of('batchNorm', 'a NaN fills its channel, through the ReLU, and no other', normalizationOfNaN),
    of('batchNorm', "the kernel's mean and inverse standard deviation", kernelStatistics),
    of('maxPool2d', "the kernel's argmax", kernelArgmax),
    of('softmaxCrossEntropy', 'a label that is no class makes the loss and its row NaN', unknownLabels),
    of('softmaxCrossEntropy', 'a NaN logit makes the loss NaN', lossOfNaN),
    of('classTargets', 'a label that is no class makes its row NaN', targetsOfUnknown),
    of('targetCrossEntropy', 'what is wanted of no class is no loss, also at -Infinity', lossOfImpossible),
    of('targetCrossEntropy', 'a NaN logit or target makes the loss NaN', targetLossOfNaN),
    of('gradientNorm', '200,000 entries', longNorm),
    of('gradientNorm', 'is not finite as soon as one entry is not', normOfNonFinite),
  ];
}

async function convolutionOfNaN(where: string, context: Context): Promise<void> {
  const x = drawTensor(0, 'x', { shape: [1, 9, 9, 4] });
  const at = [4, 5] as const; // a picture's row and column
  x.data[(at[0] * 9 + at[1]) * 4 + 2] = Number.NaN; // in the second of two groups
  const filter = drawTensor(0, 'filter', { shape: [3, 3, 2, 6] });
  const results = await computeTwice(
    where,
    { x, filter },
    (inputs) => {
      const f = (a: tf.Tensor, b: tf.Tensor) =>
        conv2d(a as tf.Tensor4D, b as tf.Tensor4D, { stride: 2, padding: 1, groups: 2 });
      const { value, grads } = tf.valueAndGrads(f)([inputs.x!, inputs.filter!], tf.ones([1, 5, 5, 6]));
      return { y: value, dFilter: grads[1]! };
    },
    context,
  );
  assertNaN(`${where}: y`, results.y!, (i) => {
    const [row, column, channel] = [Math.floor(i / 30), Math.floor(i / 6) % 5, i % 6];
    return channel >= 3 && Math.abs(2 * row - at[0]) <= 1 && Math.abs(2 * column - at[1]) <= 1;
  });
  // Row 4 is seen by the filter's middle row, column 5 by its first and last column; channel 2 is its group's first.
  assertNaN(`${where}: dFilter`, results.dFilter!, (i) => {
    const [row, column, channel, output] = [
      Math.floor(i / 36),
      Math.floor(i / 12) % 3,
      Math.floor(i / 6) % 2,
      i % 6,
    ];
    return row === 1 && column !== 1 && channel === 0 && output >= 3;
  });
}

function normalizationInputs(nan: boolean): { [name: string]: Values } {
  const x = drawTensor(0, 'x', { shape: [2, 5, 3, 3] });
  if (nan) x.data[31] = Number.NaN; // channel 1
  const channel = (name: string) => drawTensor(0, name, { shape: [3], range: [0.5, 1.5] });
  return {
    x,
    scale: channel('scale'),
    offset: channel('offset'),
    runningMean: channel('mean'),
    runningVariance: channel('v'),
  };
}

function normalize(inputs: tf.NamedTensorMap): tf.Tensor {
  const runningMean = tf.variable(inputs.runningMean!, false);
  const runningVariance = tf.variable(inputs.runningVariance!, false);
  const y = batchNorm(inputs.x!, {
    scale: inputs.scale as tf.Tensor1D,
    offset: inputs.offset as tf.Tensor1D,
    runningMean,
    runningVariance,
    activation: 'relu',
  });
  tf.dispose([runningMean, runningVariance]);
  return y;
}

async function normalizationOfNaN(where: string, context: Context): Promise<void> {
  const compute = (inputs: tf.NamedTensorMap) => ({ y: normalize(inputs) });
  const clean = await computeTwice(where, normalizationInputs(false), compute, context);
  const { y } = await computeTwice(where, normalizationInputs(true), compute, context);
  assertNaN(`${where}: y`, y!, (i) => i % 3 === 1);
  const other = ({ data }: Values): Values => {
    const kept = Float32Array.from(data.filter((_, i) => i % 3 !== 1));
    return { shape: [kept.length], data: kept };
  };
  assertClose(`${where}: other channels`, other(y!), other(clean.y!), {
    relative: context.tolerance.forward,
  });
}

async function kernelStatistics(where: string, context: Context): Promise<void> {
  const inputs = normalizationInputs(false);
  const attributes = { momentum: 0.1, epsilon: 1e-5, activation: 'linear' };
  const results = await computeTwice(
    where,
    inputs,
    (tensors) => {
      normalize(tensors); // makes sure that there is a kernel
      const [, mean, inverseStandardDeviation] = runKernel('residual/batchNorm', tensors, attributes);
      return { mean: mean!, inverseStandardDeviation: inverseStandardDeviation! };
    },
    context,
  );
  const { mean, variance } = moments64(inputs.x!, 3);
  const inverse = variance.data.map((value) => 1 / Math.sqrt(value + attributes.epsilon));
  const relative = context.tolerance.forward;
  // The mean's error is that of x, which is larger than the mean itself.
  assertClose(`${where}: mean`, results.mean!, mean, { relative, floor: 1 });
  assertClose(
    `${where}: inverseStandardDeviation`,
    results.inverseStandardDeviation!,
    { shape: [3], data: inverse },
    { relative },
  );
}

async function kernelArgmax(where: string, context: Context): Promise<void> {
  const x = drawTensor(0, 'x', { shape: [2, 7, 6, 3], range: [-4, 0], integers: true }); // with ties
  const floats = { shape: x.shape, data: Float32Array.from(x.data) };
  const results = await computeTwice(
    where,
    { x: floats },
    (inputs) => {
      maxPool2d(inputs.x as tf.Tensor4D, { kernelSize: 3, stride: 2, padding: 1 }); // makes sure that there is a kernel
      const attributes = { kernelSize: [3, 3], stride: [2, 2], padding: [1, 1] };
      return { argmax: runKernel('residual/maxPool2d', inputs, attributes)[1]! };
    },
    context,
  );
  const expected = maxPool64(floats, { kernelSize: [3, 3], stride: [2, 2], padding: [1, 1] });
  assertSame(`${where}: argmax`, 'VALUE', results.argmax!, expected.argmax);
}

function runKernel(name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap): tf.Tensor[] {
  const outputs: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(name, inputs, attributes);
  return Array.isArray(outputs) ? outputs : [outputs];
}

async function lossOf(
  where: string,
  logits: Values,
  labels: number[],
  context: Context,
): Promise<NamedValues> {
  return computeTwice(
    where,
    { logits, labels: { shape: [labels.length], data: Int32Array.from(labels) } },
    (inputs) => {
      const f = (tensor: tf.Tensor) =>
        softmaxCrossEntropy(tensor as tf.Tensor2D, inputs.labels as tf.Tensor1D);
      const { value, grad } = tf.valueAndGrad(f)(inputs.logits!, tf.scalar(1));
      return { loss: value, dLogits: grad };
    },
    context,
  );
}

async function unknownLabels(where: string, context: Context): Promise<void> {
  const logits = drawTensor(0, 'logits', { shape: [4, 5] });
  const known = await lossOf(where, logits, [1, 0, 2, 4], context);
  const unknown = await lossOf(where, logits, [1, -1, 5, 4], context);
  assertNaN(`${where}: loss`, unknown.loss!, () => true);
  assertNaN(`${where}: dLogits`, unknown.dLogits!, (i) => i >= 5 && i < 15);
  const right = ({ data }: Values): Values => {
    const kept = Float32Array.from(data.filter((_, i) => i < 5 || i >= 15));
    return { shape: [kept.length], data: kept };
  };
  const { forward: relative } = context.tolerance;
  assertClose(`${where}: other rows`, right(unknown.dLogits!), right(known.dLogits!), { relative });
}

async function lossOfNaN(where: string, context: Context): Promise<void> {
  const logits = drawTensor(0, 'logits', { shape: [3, 5] });
  logits.data[7] = Number.NaN;
  const { loss } = await lossOf(where, logits, [1, 0, 2], context);
  assertNaN(`${where}: loss`, loss!, () => true);
}

async function normOf(where: string, gradients: Values[], context: Context): Promise<Values> {
  const named = Object.fromEntries(gradients.map((values, i) => [`gradient${i}`, values]));
  const compute = (inputs: tf.NamedTensorMap) => ({ norm: gradientNorm(Object.values(inputs)) });
  return (await computeTwice(where, named, compute, context)).norm!;
}

async function longNorm(where: string, context: Context): Promise<void> {
  const shapes = [[3, 3, 64, 300], [27_199], [1]];
  // Equal entries: the rounding of a sum one after the other always errs on the same side.
  const gradients = shapes.map((shape, i) => drawTensor(i, 'gradient', { shape, range: [0.0015, 0.0015] }));
  let squares = 0;
  for (const { data } of gradients) for (const value of data) squares += value * value;
  const expected = { shape: [], data: Float64Array.of(Math.sqrt(squares)) };
  const norm = await normOf(where, gradients, context);
  assertClose(where, norm, expected, { relative: context.tolerance.forward });
}

async function normOfNonFinite(where: string, context: Context): Promise<void> {
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    const gradients = [[5, 7], [3]].map((shape, i) => drawTensor(i, 'gradient', { shape }));
    gradients[1]!.data[2] = value;
    const norm = await normOf(where, gradients, context);
    if (!Number.isFinite(norm.data[0]!)) continue;
    throw new ConformanceError('VALUE', {
      where,
      expected: `NaN or Infinity for an entry ${value}`,
      received: String(norm.data[0]),
      fix: 'The trainer finds by the norm that a gradient is not finite.',
    });
  }
}
