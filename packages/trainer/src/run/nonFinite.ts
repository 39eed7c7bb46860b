import { observe, withRandomness } from '@residual/blocks';
import type { PictureBatch } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import { batchAt } from '../data.js';
import { TrainerError } from '../error.js';
import { type Evaluation, evaluate } from '../judge/evaluate.js';
import { stepsPerEpoch, type TrainSettings } from '../options.js';
import { batchInput } from '../step/batchInput.js';
import { lossAndGradients, preservingBuffers } from '../step/gradients.js';
import type { Place } from '../step/mix.js';
import type { OptimizerState } from '../step/optimizerState.js';

/** The first step whose loss or gradients were not finite. @param first the step of the first of these batches @param nonFiniteStep of gradients */
export function firstBadStep(
  batches: readonly { loss: number }[],
  first: number,
  nonFiniteStep: number | undefined,
): number | undefined {
  const badBatch = batches.findIndex(({ loss }) => !Number.isFinite(loss));
  if (badBatch < 0) return nonFiniteStep;
  return Math.min(first + badBatch, nonFiniteStep ?? Number.POSITIVE_INFINITY);
}

/** The error that ends a run whose loss or gradients are not finite. @param step from 0 @param learningRate that it had */
export async function nonFiniteError(
  settings: TrainSettings,
  { parameters }: OptimizerState,
  step: number,
  learningRate: number,
): Promise<TrainerError> {
  const { data, accumulate } = settings;
  const epochSteps = stepsPerEpoch(settings);
  const epoch = Math.floor(step / epochSteps);
  const first = (step % epochSteps) * accumulate;
  let found: string | undefined;
  let index = first;
  // Batches are functions of their position, so those that did it can be had again.
  for (let at = first; found === undefined && at < first + accumulate; at++) {
    const batch = await batchAt(data.train, epoch, at);
    if (batch === undefined) break;
    found = await findNonFinite(settings, parameters, batch, { epoch, batch: at });
    if (found !== undefined) index = at;
  }
  return new TrainerError('NON_FINITE', {
    where: `step ${step + 1} (epoch ${epoch + 1}, batch ${index + 1})`,
    expected: 'a finite loss and finite gradients',
    received: `NaN or an infinite value${found === undefined ? '' : `, first in ${found}`}`,
    fix:
      `Lower the learning rate (it was ${learningRate}), or set gradientClipNorm, for example to 1. ` +
      'Checkpoints are from before this step.',
  });
}

/**
 * Judges the model after an epoch, with averaged weights where they are kept; undefined without a validation part.
 *
 * @throws TrainerError `NON_FINITE`: what history and the best epoch are made of must be numbers. The signal's reason.
 */
export async function finiteValidation(
  { model, data: { validation, prepare }, signal }: TrainSettings,
  optimizer: OptimizerState,
  epoch: number,
): Promise<Evaluation | undefined> {
  if (validation === undefined) return undefined;
  const evaluation = await optimizer.withAverages(() => evaluate(model, validation, prepare, { signal }));
  if (Number.isFinite(evaluation.loss)) return evaluation;
  throw new TrainerError('NON_FINITE', {
    where: `validation after epoch ${epoch}`,
    expected: 'a finite loss',
    received: String(evaluation.loss),
    fix: 'Check that each validation label is one of the classes, and lower the learning rate.',
  });
}

/** A tensor, and whether all of it is finite: 1 or 0, still on the device. */
type Finding = { what: string; finite: tf.Tensor };

/**
 * Replays a batch and names the first thing in it that is not finite: the input, a module's output, the loss, or the
 * gradient of a parameter, in the order in which they are computed. Leaves the model as it is.
 *
 * @returns such as `the output of stages.0.1.bn2`; undefined when all is finite with the present weights
 */
async function findNonFinite(
  settings: TrainSettings,
  parameters: ReadonlyMap<string, tf.Variable>,
  batch: PictureBatch,
  place: Place,
): Promise<string | undefined> {
  const { model } = settings;
  const findings = preservingBuffers(model, () =>
    tf.tidy(() => {
      const input = batchInput(settings, batch, place);
      const found: Finding[] = [finding("the network's input", input.x)];
      observe(
        model,
        ({ path, output }) => void found.push(finding(`the output of ${path}`, output)),
        () => withRandomness(model, input.randomness, () => model.forward(input.x, 'train')),
      );
      const { loss, correct, gradients } = lossAndGradients(model, parameters, input);
      correct.dispose();
      found.push(finding('the loss (is each label one of the classes?)', loss));
      // Backwards: that is the order in which gradients are computed.
      const paths = [...parameters.keys()];
      for (let i = paths.length - 1; i >= 0; i--) {
        found.push(finding(`the gradient of ${paths[i]}`, gradients[i]!));
      }
      return found;
    }),
  );
  const together = tf.tidy(() => tf.stack(findings.map(({ finite }) => finite)));
  try {
    const flags = await together.data();
    return findings.find((_, i) => flags[i] === 0)?.what;
  } finally {
    tf.dispose([together, findings.map(({ finite }) => finite)]);
  }
}

function finding(what: string, tensor: tf.Tensor): Finding {
  return { what, finite: tf.cast(tf.all(tf.isFinite(tensor)), 'float32') };
}
