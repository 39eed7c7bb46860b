import {
  type LoadedData,
  loadSource,
  type PictureDataset,
  pictureDataset,
  type Step,
  type Task,
  taskOf,
} from '@residual/data';
import { shardsSource, writeShards } from '@residual/pictures/node';
import { uniforms } from '@residual/random';
import { configure, type Overrides, type Recipe, type RunConfig } from '@residual/runs';
import { type Optimizer, sgd } from '@residual/trainer';

/** A run on pictures that are drawn: what a class shows is brighter the higher its number, beside noise. */
export interface LampsOptions extends Overrides {
  shape?: readonly [height: number, width: number, channels: 1 | 3];
  count?: number;
  classes?: number;
  resize?: readonly [height: number, width: number];
  augment?: readonly Step[];
  mix?: RunConfig['training']['mix'];
  labelSmoothing?: number;
  averageDecay?: number | null;
  optimizer?: Optimizer;
  /** A task's steps of its own, in place of those that pictures of one size need. */
  steps?: readonly Step[];
  picture?: Task['picture'];
}

export interface Lamps {
  config: RunConfig;
  data: { train: PictureDataset; test: PictureDataset };
}

/** A run and the same run on shards, which are written. */
export async function onShards(
  { config, data }: Lamps,
  to: string,
): Promise<{ config: RunConfig; data: LoadedData }> {
  await writeShards({ ...data, task: config.task }, to, { shardBytes: 10_000 });
  return { config, data: await loadSource(shardsSource({ path: to })) };
}

export function lamps({
  shape = [12, 12, 1],
  count = 22,
  classes = 3,
  resize,
  augment = [{ name: 'alternatingFlip' }],
  mix = null,
  labelSmoothing = 0.1,
  averageDecay = 0.99,
  optimizer = sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
  steps,
  picture,
  ...overrides
}: LampsOptions = {}): Lamps {
  const classNames = Array.from({ length: classes }, (_, i) => `class ${i}`);
  const size = shape[0] * shape[1] * shape[2];
  const drawn = (name: string, length: number): PictureDataset => {
    const labels = Array.from({ length }, (_, i) => i % classes);
    const noise = uniforms({ seed: 1, purpose: name }, length * size, { max: 90 });
    const images = Uint8Array.from(
      noise,
      (level, i) => level + (150 / classes) * labels[Math.floor(i / size)]!,
    );
    return pictureDataset({ name, images, labels, shape, classNames });
  };
  const data = { train: drawn('lamps/train', count), test: drawn('lamps/test', 9) };
  const own = taskOf(data, { name: 'lamps' });
  const task = { ...own, ...(steps && { steps }), ...(picture && { picture }) };
  const recipe: Recipe = {
    name: 'lamps',
    summary: 'a test',
    resize: resize ? [...resize] : null,
    normalize: true,
    training: {
      recipe: 'lamps',
      model: { name: 'resnet20' },
      optimizer,
      schedule: { name: 'oneCycle', warmup: 0.1 },
      loss: { name: 'softmaxCrossEntropy', labelSmoothing },
      mix,
      epochs: 3,
      batchSize: 8,
      gradientClipNorm: 0,
      averageDecay,
      augment,
      seed: 3,
      limit: null,
      holdOut: 0,
    },
  };
  return { config: configure(recipe, task, overrides), data };
}
