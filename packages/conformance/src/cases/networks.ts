import { predict } from '@residual/blocks';
import { type Architecture, d2lResNet, type ModelName, models } from '@residual/models';
import type * as tf from '@tensorflow/tfjs-core';
import type { ConformanceCase } from '../case.js';
import { checkChapterNetwork } from '../chapterNetwork.js';
import { computeTwice } from '../execute.js';
import { type FixtureCase, type FixtureName, fixtureCaseNames, loadFixtureCase } from '../fixture.js';
import { assertBackend } from '../kernels.js';
import { batchOf, checkForward, checkLogits, type NetworkAttributes, predictAndTrain } from '../network.js';
import type { Context } from '../options.js';
import { assertResults } from '../results.js';
import { withModel } from '../trainingPass.js';

/** Whole networks against PyTorch; those of full size only with the option `large`. */
export function networkCases(context: Context): ConformanceCase[] {
  const small = casesOf('smallNetwork', context, checkSmallNetwork);
  const others = casesOf('otherNetworks', context, checkPrediction);
  if (!context.large) return [...small, ...others.filter(({ name }) => name.includes('resnet20'))];
  return [...small, ...others, ...casesOf('chapterNetwork', context, checkChapterNetwork)];
}

function casesOf<Attributes extends NetworkAttributes>(
  file: FixtureName,
  context: Context,
  check: (where: string, fixture: FixtureCase<Attributes>, context: Context) => Promise<void>,
): ConformanceCase[] {
  return fixtureCaseNames(file).map((name) => ({
    group: 'networks',
    name: `PyTorch: ${name}`,
    run: async () => {
      assertBackend(context);
      await check(`${name}: PyTorch`, await loadFixtureCase<Attributes>(file, name, context), context);
    },
  }));
}

async function checkPrediction(
  where: string,
  fixture: FixtureCase<NetworkAttributes & { model: ModelName }>,
  context: Context,
): Promise<void> {
  const { seed, attrs } = fixture;
  const { x } = batchOf(fixture);
  const compute = (inputs: tf.NamedTensorMap) =>
    withModel(models[attrs.model].create({ numClasses: attrs.classes }), attrs.inputShape, seed, (model) => ({
      logits: predict(model, inputs.x as tf.Tensor4D),
    }));
  checkLogits(where, await computeTwice(where, { x }, compute, context), fixture, context);
}

async function checkSmallNetwork(
  where: string,
  fixture: FixtureCase<NetworkAttributes & { architecture: Architecture }>,
  context: Context,
): Promise<void> {
  const { seed, attrs } = fixture;
  const compute = (inputs: tf.NamedTensorMap) =>
    withModel(d2lResNet(attrs.architecture, { numClasses: attrs.classes }), attrs.inputShape, seed, (model) =>
      predictAndTrain(model, inputs),
    );
  const actual = await computeTwice(where, { ...batchOf(fixture) }, compute, context);
  checkForward(where, actual, fixture, context);
  // The fixture's seed keeps every gate away from its tie: here the whole gradient can be compared.
  const gradients = [...fixture.tensors].filter(([name]) => name.startsWith('gradient.'));
  assertResults(where, actual, Object.fromEntries(gradients), context);
}
