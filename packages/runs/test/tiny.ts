import { type DataSplit, pictureDataset, type Task } from '@residual/data';
import { alternatingFlip } from '@residual/pictures';
import { sgd } from '@residual/trainer';
import type { Recipe } from '../src/index.js';

export const CLASSES = 13;
const [HEIGHT, WIDTH, CHANNELS] = [10, 6, 3] as const;

/** A recipe for pictures so small that tfjs's cpu backend can train on them. */
export const tiny: Recipe = {
  name: 'tiny',
  summary: 'For tests',
  resize: null,
  normalize: true,
  training: {
    recipe: 'tiny',
    model: { name: 'resnet20' },
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    schedule: { name: 'oneCycle', warmup: 0.1 },
    loss: { name: 'softmaxCrossEntropy', labelSmoothing: 0.1 },
    mix: null,
    groups: [],
    layerDecay: null,
    weights: null,
    stages: 'full',
    epochs: 2,
    patience: null,
    batchSize: 8,
    accumulate: 1,
    gradientClipNorm: 0,
    averageDecay: 0.99,
    swa: null,
    augment: [alternatingFlip()],
    dropLast: false,
    balance: 'none',
    prior: null,
    seed: 0,
    limit: null,
    holdOut: 0,
  },
};

/** Colour, neither square nor of ten classes: what no data set of ours is. */
export const task: Task = {
  version: 1,
  picture: { height: HEIGHT, width: WIDTH, channels: CHANNELS },
  steps: [{ name: 'color' }, { name: 'stretch', height: HEIGHT, width: WIDTH, interpolation: 'bilinear' }],
  normalize: { mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.3, 0.25] },
  classNames: Array.from({ length: CLASSES }, (_, i) => `kind ${i}`),
  data: { name: 'stripes' },
};

/** `train` and `test` pictures whose colours tell their class. */
export function stripes(train = 26, test = 13): DataSplit & { task: Task } {
  const part = (name: string, length: number) =>
    pictureDataset({
      name: `stripes/${name}`,
      shape: [HEIGHT, WIDTH, CHANNELS],
      classNames: task.classNames,
      labels: Uint8Array.from({ length }, (_, i) => i % CLASSES),
      images: Uint8Array.from({ length: length * HEIGHT * WIDTH * CHANNELS }, (_, at) => {
        const label = Math.floor(at / (HEIGHT * WIDTH * CHANNELS)) % CLASSES;
        return (label * 19 * ((at % CHANNELS) + 1) + at * 7) % 256;
      }),
    });
  return { train: part('train', train), test: part('test', test), task };
}
