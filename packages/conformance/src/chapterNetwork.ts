import { namedParameters } from '@residual/blocks';
import { type ModelName, models, type ResNet } from '@residual/models';
import { gradientNorm, optimizerUpdate } from '@residual/ops';
import { randomStream } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertClose, floorFor, largest, typicalSize } from './compare.js';
import { computeTwice, type NamedValues } from './execute.js';
import { type FixtureCase, tensorOf } from './fixture.js';
import { batchOf, checkForward, type NetworkAttributes, predictAndTrain } from './network.js';
import type { Context } from './options.js';
import { withModel } from './trainingPass.js';
import type { Values } from './values.js';

/**
 * Of a million gates some lie on a tie, and each that flips moves gradients by about 1e-3: PyTorch's own float32
 * gradients are up to 2e-2 from its float64 ones. This only tells a right gradient from a wrong one.
 */
const LOOSE = 5e-2;

interface ChapterAttributes extends NetworkAttributes {
  model: ModelName;
  /** Entries of each gradient that the fixture holds. */
  samples: number;
  learningRate: number;
}

/** The chapter's ResNet-18: forward tightly, one step of SGD loosely. */
export async function checkChapterNetwork(
  where: string,
  fixture: FixtureCase<ChapterAttributes>,
  context: Context,
): Promise<void> {
  const { seed, attrs } = fixture;
  const compute = (inputs: tf.NamedTensorMap) =>
    withModel(models[attrs.model].create({ numClasses: attrs.classes }), attrs.inputShape, seed, (model) => {
      const results = predictAndTrain(model, inputs);
      return { ...results, ...updatedParameters(model, results, attrs.learningRate) };
    });
  const actual = await computeTwice(where, { ...batchOf(fixture) }, compute, context);
  checkForward(where, actual, fixture, context);
  checkStep(where, actual, fixture);
}

/** `updated.<path>`: each parameter after one plain step of SGD. */
function updatedParameters(
  model: ResNet,
  results: tf.NamedTensorMap,
  learningRate: number,
): tf.NamedTensorMap {
  const named = [...namedParameters(model)];
  const gradients = named.map(([path]) => results[`gradient.${path}`]!);
  const { parameters } = optimizerUpdate(
    {
      parameters: named.map(([, { value }]) => value),
      slots: {},
      firstNonFiniteStep: tf.scalar(-1, 'int32'),
    },
    { gradients, gradientNorm: gradientNorm(gradients) },
    { optimizer: { name: 'sgd', momentum: 0, nesterov: false }, step: 0, learningRate },
  );
  return Object.fromEntries(named.map(([path], i) => [`updated.${path}`, parameters[i]!]));
}

function checkStep(where: string, actual: NamedValues, fixture: FixtureCase<ChapterAttributes>): void {
  const summaries = [...fixture.tensors].filter(([name]) => name.startsWith('summary.'));
  const typical = typicalSize(summaries.map(([, values]) => values));
  for (const [name, summary] of summaries) {
    const path = name.slice('summary.'.length);
    const gradient = actual[`gradient.${path}`]!;
    const at = `${where}: gradient.${path}`;
    assertClose(`${at}, summary`, summaryOf(gradient), summary, {
      relative: LOOSE,
      floor: floorFor(summary, typical),
    });
    const sampled = tensorOf(fixture, `sampledGradient.${path}`);
    // Its largest absolute value is the summary's first entry; a gradient of rounding noise is compared with the others.
    const floor = Math.max(summary.data[0]!, floorFor(summary, typical));
    assertClose(`${at}, sampled`, sampledOf(gradient, path, fixture), sampled, { relative: LOOSE, floor });
    const updated = sampledOf(actual[`updated.${path}`]!, path, fixture);
    assertClose(`${where}: updated.${path}`, updated, tensorOf(fixture, `sampledUpdate.${path}`), {
      relative: 1e-3,
    });
  }
}

/** Largest absolute value, L2 norm and sum. */
function summaryOf({ data }: Values): Values {
  let squares = 0;
  let sum = 0;
  for (const value of data) {
    squares += value * value;
    sum += value;
  }
  return { shape: [3], data: Float32Array.of(largest(data), Math.sqrt(squares), sum) };
}

function sampledOf({ data }: Values, path: string, { seed, attrs }: FixtureCase<ChapterAttributes>): Values {
  const draw = randomStream({ seed, purpose: `sample.${path}` });
  const entry = (_: unknown, i: number) => data[draw.uint32(i) % data.length]!;
  return { shape: [attrs.samples], data: Float32Array.from({ length: attrs.samples }, entry) };
}
