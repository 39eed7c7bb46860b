import { observe } from '@residual/blocks';
import type { PictureBatch } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import type { Prepare } from './data.js';
import type { Classifier } from './evaluate.js';
import { lossAndGradients } from './gradients.js';
import { preservingBuffers } from './warmUp.js';

/** A tensor, and whether all of it is finite: 1 or 0, still on the device. */
type Finding = { what: string; finite: tf.Tensor };

/**
 * Replays a batch and names the first thing in it that is not finite: the input, a module's output, the loss, or the
 * gradient of a parameter, in the order in which they are computed. Leaves the model as it is.
 *
 * @returns such as `the output of stages.0.1.bn2`; undefined when all is finite with the present weights
 */
export async function findNonFinite(
  model: Classifier,
  parameters: ReadonlyMap<string, tf.Variable>,
  batch: PictureBatch,
  prepare: Prepare,
  labelSmoothing: number,
): Promise<string | undefined> {
  const findings = preservingBuffers(model, () =>
    tf.tidy(() => {
      const x = prepare(batch);
      const labels = tf.tensor1d(batch.labels, 'int32');
      const found: Finding[] = [finding("the network's input", x)];
      observe(
        model,
        ({ path, output }) => void found.push(finding(`the output of ${path}`, output)),
        () => model.forward(x, 'train'),
      );
      const { loss, correct, gradients } = lossAndGradients(model, parameters, x, labels, labelSmoothing);
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
