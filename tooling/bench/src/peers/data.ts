/** The way of pictures to the network: its one argument is JSON, `{ task, from, folder }`. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simd } from '@residual/backend-simd';
import { init, parameters } from '@residual/blocks';
import {
  type LoadedData,
  loadSource,
  type PictureBatch,
  type PictureSource,
  SourceLoader,
} from '@residual/data';
import { models } from '@residual/models';
import { selectBackend } from '@residual/ops';
import { centerCrop, color, horizontalFlip, resizeShortSide, trainingOf } from '@residual/pictures';
import { folderSource } from '@residual/pictures/node';
import { photosFor } from '@residual/recipes';
import { configure, runData } from '@residual/runs';
import { sgd, trainStep } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '../protocol.ts';
import { answer, type Program, runHere } from './answer.ts';

const { task, from, folder } = JSON.parse(process.argv[2]!) as {
  task: Task;
  from: 'files' | 'pack' | 'memory';
  folder: string;
};
const [batchSize, height, width] = task.inputShape;
/** Of 128, as the recipe photos has it. */
const SHORT_SIDE = Math.round(1.15 * Math.min(height, width));
const steps = [color(), resizeShortSide({ size: SHORT_SIDE }), centerCrop({ height, width })];
const pack = join(tmpdir(), `residual-bench-${process.pid}.pack`);
process.once('exit', () => rmSync(pack, { force: true }));
const load = (fit: { picture: LoadedData['task']['picture']; steps: LoadedData['task']['steps'] }) =>
  loadSource(folderSource({ path: folder }), { pack, fit: () => fit });

await answer(() => (from === 'files' ? firstPass() : training()));

/** A step: every picture is decoded and packed, then read in batches, which are mirrored at random. */
async function firstPass(): Promise<Program> {
  let epoch = 0;
  async function pass(): Promise<void> {
    rmSync(pack, { force: true });
    const { train } = await load({ picture: { height, width, channels: 3 }, steps });
    const loader = new SourceLoader(train as PictureSource, {
      batchSize: 32,
      shuffle: { seed: 0 },
      picture: [height, width, 3],
      augment: trainingOf(steps, [horizontalFlip()]),
    });
    for await (const { size } of loader.epoch(epoch++)) if (size === 0) throw new Error('an empty batch');
  }
  return {
    ready: {
      description: 'files to a pack, with a hash of each file, and from it to batches',
      versions: { node: process.versions.node },
      threads: task.threads,
    },
    run: (count) =>
      runHere(async () => {
        for (let i = 0; i < count; i++) await pass();
      }),
  };
}

/** A step of training with all steps of the recipe photos: on the next batch from the pack, or on one that is held in memory. */
async function training(): Promise<Program> {
  await selectBackend([simd], { values: { threads: task.threads } });
  const survey = { count: 512, classCount: 4, medianShortSide: 375, channels: 3 as const };
  const { recipe } = photosFor(survey, { hasGpu: false }, { size: [height, width] });
  const data = await load(recipe.fit!);
  const { train, prepare, inputShape } = runData(configure(recipe, data.task, { batchSize }), data);
  const model = init(models[task.model].create({ numClasses: task.numClasses }), [batchSize, ...inputShape], {
    seed: 0,
  });
  const step = trainStep(model, { optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }) });
  const batches = endless();
  const first = (await batches.next()).value!;
  let loss = tf.scalar(0);
  return {
    ready: {
      description: `Residual's simd, batches ${from === 'pack' ? 'from the pack' : 'one, held in memory'}`,
      versions: { node: process.versions.node },
      threads: task.threads,
      parameters: parameters(model).reduce((sum, { size }) => sum + size, 0),
    },
    run: (count) =>
      runHere(async () => {
        for (let i = 0; i < count; i++) {
          const { images, labels, shape } = from === 'pack' ? (await batches.next()).value! : first;
          const x = prepare({ images, shape });
          const y = tf.tensor1d(labels, 'int32');
          loss.dispose();
          loss = step(x, y);
          tf.dispose([x, y]);
        }
        await loss.data();
      }),
  };

  async function* endless(): AsyncGenerator<PictureBatch, undefined, undefined> {
    for (let epoch = 0; ; epoch++) yield* train.epoch(epoch, 0);
  }
}
