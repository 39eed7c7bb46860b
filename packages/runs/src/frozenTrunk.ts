import {
  dispose,
  features,
  init,
  layerPaths,
  loadStateDict,
  Module,
  readStateDict,
  type StateValue,
  zeros,
} from '@residual/blocks';
import { PictureLoader, type Pictures, pictureDataset } from '@residual/data';
import {
  type Classifier,
  type ParameterGroup,
  type TrainingData,
  type TrainOptions,
  train,
} from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { RunConfig } from './config.js';
import { trunkPath } from './embed.js';
import { RunsError } from './error.js';
import { batchesOf, taskInput } from './input.js';
import { inputShapeOf, networkOf } from './network.js';
import type { RunParts } from './runParts.js';

/** How strongly weights of the head are pulled towards 0: what is tried, the weakest first. */
const WEIGHT_DECAYS = [0, 1e-4, 1e-3, 1e-2];
const HEAD = 'head';
/** Of a row's number, as bytes. */
const NUMBER_BYTES = 4;

/** What a network's trunk makes of all pictures of a run: one crop each, in float32, in memory. */
export interface CachedFeatures {
  /** How many pictures. */
  readonly count: number;
  /** How many numbers each has. */
  readonly width: number;
}

/** A head that is trained on features, and the one pull towards 0 that did best in validation. */
export interface FrozenTrunk {
  /** The network's own modules and parameters, of which only the head computes. */
  model: OnFeatures;
  data: TrainingData;
  /** All but the head. */
  groups: ParameterGroup[];
  features: CachedFeatures;
}

/** The features of a run's pictures, as batches for a head alone: the trunk is computed once for each picture, without augmentation. */
export async function frozenTrunk(
  network: Classifier,
  { task, training }: RunConfig,
  { train: pictures, validation }: RunParts,
  signal: AbortSignal | undefined,
): Promise<FrozenTrunk> {
  const model = new OnFeatures(network);
  const { path, channels: width } = trunkPath(network, task);
  const input = taskInput(task);
  const parts = validation === undefined ? [pictures] : [pictures, validation];
  const count = parts.reduce((sum, { length }) => sum + length, 0);
  const values = new Float32Array(count * width);
  let row = 0;
  for (const part of parts) {
    for await (const batch of batchesOf(part, input, { batchSize: training.batchSize }).epoch(0)) {
      signal?.throwIfAborted();
      const pooled = tf.tidy(
        () => tf.mean(features(network, input.prepare(batch), path, { batchFree: true }), [1, 2]), // [B, width]
      );
      values.set(await pooled.data<'float32'>(), row * width);
      pooled.dispose();
      row += batch.size;
    }
  }
  const { batchSize, seed, dropLast, balance } = training;
  const options = {
    batchSize,
    shuffle: { seed },
    dropLast,
    balance: balance === 'sampler' ? balance : 'none',
  } as const;
  const data: TrainingData = {
    train: new PictureLoader(rowsOf(pictures, 0), options),
    ...(validation && { validation: new PictureLoader(rowsOf(validation, pictures.length), { batchSize }) }),
    prepare: ({ images }) => {
      const rows = new DataView(images.buffer, images.byteOffset, images.byteLength);
      const size = images.length / NUMBER_BYTES;
      const batch = new Float32Array(size * width);
      for (let i = 0; i < size; i++) {
        const at = rows.getUint32(i * NUMBER_BYTES, true) * width;
        batch.set(values.subarray(at, at + width), i * width);
      }
      return tf.tensor4d(batch, [size, 1, 1, width]);
    },
  };
  const groups = layerPaths(model).flatMap((pattern) =>
    pattern === HEAD ? [] : [{ pattern, frozen: true }],
  );
  return { model, data, groups, features: { count, width } };
}

/** Pictures of four bytes, each the number of its row among the features: so that loaders shuffle and balance them as any others. */
function rowsOf({ name, labels, classNames, length }: Pictures, first: number) {
  const images = new Uint8Array(length * NUMBER_BYTES);
  const numbers = new DataView(images.buffer);
  for (let i = 0; i < length; i++) numbers.setUint32(i * NUMBER_BYTES, first + i, true);
  return pictureDataset({ name, images, labels, classNames, shape: [1, 1, NUMBER_BYTES] });
}

/** A head that was solved, and the pull towards 0 that did best in validation: undefined without, where the head is as it was drawn. */
interface SolvedHead {
  weightDecay: number | undefined;
  values: ReadonlyMap<string, StateValue>;
}

/**
 * Solves the head with each pull towards 0, from the same beginning, and takes the one with the best validation accuracy; of equal ones that
 * with the smaller loss. The head is left as the seed draws it, whatever it was: a run that goes on chooses the same.
 *
 * @param options of the training itself
 */
export async function solvedHead(options: TrainOptions, { task, training }: RunConfig): Promise<SolvedHead> {
  const { data, optimizer, signal } = options;
  const { head } = options.model as OnFeatures;
  // The head as the seed draws it; the rest, which would take a second of a ResNet-18, isn't looked at.
  const drawn = init(networkOf({ task, model: training.model }), inputShapeOf(task), {
    seed: training.seed,
    initializer: ({ path }) => (path.startsWith(`${HEAD}.`) ? undefined : zeros),
  }) as OnFeatures;
  const start = await readStateDict(drawn.head);
  dispose(drawn);
  loadStateDict(head, start);
  if (data.validation === undefined) return { weightDecay: undefined, values: start };
  let best = { weightDecay: 0, accuracy: -1, loss: 0, values: start };
  for (const weightDecay of WEIGHT_DECAYS) {
    for await (const event of train({ ...options, optimizer: { ...optimizer, weightDecay } })) {
      signal?.throwIfAborted();
      if (event.type !== 'end') continue;
      const { validationAccuracy: accuracy = 0, validationLoss: loss = 0 } = event.history.at(-1)!;
      const isBetter = accuracy > best.accuracy || (accuracy === best.accuracy && loss < best.loss);
      if (isBetter) best = { weightDecay, accuracy, loss, values: await readStateDict(head) };
    }
    loadStateDict(head, start);
  }
  return best;
}

/** A network as if it were its head alone: what is trained, saved and averaged are the network's own parameters. */
export class OnFeatures extends Module<tf.Tensor4D, tf.Tensor2D> {
  declare readonly head: Classifier;

  constructor(network: Classifier) {
    super();
    Object.assign(this, Object.fromEntries(network.children()));
    if (this.head instanceof Module) return;
    throw new RunsError('OPTION', {
      where: 'training.stages',
      expected: 'full for a network without a head of its own',
      received: 'frozen',
      fix: 'Train all of it, or freeze layers by their paths: training.groups.',
    });
  }

  /** @param x features [B, 1, 1, width] */
  forward(x: tf.Tensor4D, mode: 'train' | 'eval'): tf.Tensor2D {
    return this.head.forward(x, mode);
  }
}
