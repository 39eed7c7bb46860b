import { BatchNorm2d, Conv2d, GlobalAveragePool, init, Linear, type Mode, Module } from '@residual/blocks';
import { type DataSplit, type PictureDataset, pictureDataset } from '@residual/data';
import { augmentationsOf, randomFlip } from '@residual/pictures';
import { uniforms } from '@residual/random';
import type * as tf from '@tensorflow/tfjs-core';
import type { CheckpointState } from '../src/checkpoint/checkpoint.js';
import { type PictureData, pictureData } from '../src/data.js';
import type { TrainEvent } from '../src/events.js';
import type { TrainOptions } from '../src/options.js';
import { oneCycle } from '../src/schedule/curves.js';
import { sgd } from '../src/step/descent.js';
import { train } from '../src/train.js';

const SIZE = 6;
const CLASSES = ['top', 'middle', 'bottom'];

/** Pictures of noise, with a brighter band where the class says. */
function bands(name: string, length: number, seed: number): PictureDataset {
  const noise = uniforms({ seed, purpose: name }, length * SIZE * SIZE, { max: 160 });
  const images = Uint8Array.from(noise, (value, i) => {
    const row = Math.floor(i / SIZE) % SIZE;
    const label = Math.floor(i / (SIZE * SIZE)) % CLASSES.length;
    return Math.floor(row / 2) === label ? value + 60 : value;
  });
  const labels = Uint8Array.from({ length }, (_, i) => i % CLASSES.length);
  return pictureDataset({ name, images, labels, shape: [SIZE, SIZE, 1], classNames: CLASSES });
}

export const tinySplit = (): DataSplit => ({
  train: bands('tiny/train', 42, 1),
  test: bands('tiny/test', 18, 2),
});

/** 42 pictures to train on, in 6 batches of which the last is smaller; 18 to validate on, in 3. */
export const tinyData = (split = tinySplit()): PictureData =>
  pictureData(split, { batchSize: 8, seed: 3, augment: augmentationsOf([randomFlip()]) });

/** One of each kind of state, at a few milliseconds a step: a filter as large as the picture, batch norm, linear. */
class Tiny extends Module<tf.Tensor4D, tf.Tensor2D> {
  readonly conv: Conv2d;
  readonly bn = new BatchNorm2d();
  readonly pool = new GlobalAveragePool();
  readonly linear = new Linear(CLASSES.length);

  constructor(channels: number) {
    super();
    this.conv = new Conv2d(channels, SIZE);
  }

  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor2D {
    const y = this.bn.forward(this.conv.forward(x), mode, { activation: 'relu' }); // [B, 1, 1, channels]
    return this.linear.forward(this.pool.forward(y));
  }
}

export function tinyModel({ seed = 0, channels = 4 } = {}): Tiny {
  return init(new Tiny(channels), [1, SIZE, SIZE, 1], { seed });
}

/** A short run that uses everything: momentum, decay, smoothing, clipping, averaging, a schedule. */
export const tinyRun = (options: Partial<TrainOptions> = {}): TrainOptions => ({
  model: options.model ?? tinyModel(),
  data: options.data ?? tinyData(),
  optimizer: sgd({ learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
  schedule: oneCycle(),
  maxEpochs: 3,
  labelSmoothing: 0.1,
  gradientClipNorm: 5,
  averageDecay: 0.9,
  logEvery: 4,
  ...options,
});

export async function eventsOf(options: TrainOptions): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(options)) events.push(event);
  return events;
}

/** What decides the bits of a checkpoint's run. */
export const tinyFacts: CheckpointState['facts'] = {
  optimizer: null,
  loss: null,
  labelSmoothing: 0,
  gradientClipNorm: 0,
  averageDecay: null,
  data: {
    name: 'tiny',
    examples: 8,
    shape: [6, 6, 1],
    batchSize: 8,
    batchesPerEpoch: 1,
    firstBatch: '0',
  },
  learningRates: [],
};
