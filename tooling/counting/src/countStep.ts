import { init, type Module } from '@residual/blocks';
import { type ModelName, models } from '@residual/models';
import { pictureInput, sgd, train } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { type Counts, copyOf, countsPerStep } from './counts.ts';

export interface CountedWork {
  model: ModelName;
  batchSize: number;
}

/** Steps between two reads of the loss, as a run has them. */
const STEPS = 4;

/** What one step of SGD with momentum asks of the device that counts, as the trainer runs it; after warm-up. */
export async function countStep({ model: name, batchSize }: CountedWork, counts: Counts): Promise<Counts> {
  const [height, width, channels] = models[name].inputShape;
  const shape: [number, number, number, number] = [batchSize, height, width, channels];
  const model = init(models[name].create({ numClasses: 10 }), shape, { seed: 0 }) as Module<
    tf.Tensor4D,
    tf.Tensor2D
  >;
  const small: [number, number, number, number] = [batchSize, 28, 28, channels];
  const batch = {
    images: new Uint8Array(batchSize * 28 * 28 * channels),
    labels: Int32Array.from({ length: batchSize }, (_, i) => i % 10),
    indices: Uint32Array.from({ length: batchSize }, (_, i) => i),
    shape: small,
    size: batchSize,
  };
  const batchesPerEpoch = 2 * STEPS;
  const data = {
    train: {
      dataset: { name: 'made up', length: batchesPerEpoch * batchSize },
      batchSize,
      batchesPerEpoch,
      epoch: () => Array.from({ length: batchesPerEpoch }, () => batch as never),
    },
    prepare: pictureInput({ resize: [height, width] }),
  };
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
  let before: Counts | undefined;
  let result: Counts | undefined;
  for await (const event of train({ model, data, optimizer, maxEpochs: 1, logEvery: STEPS })) {
    if (event.type !== 'step') continue;
    if (before !== undefined) result ??= countsPerStep(before, counts, STEPS);
    before = copyOf(counts);
  }
  tf.disposeVariables();
  return result!;
}
