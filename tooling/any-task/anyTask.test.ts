import { configureSimd } from '@residual/backend-simd';
import {
  type DataSplit,
  datasetSource,
  idxSplit,
  type LoadedData,
  PictureLoader,
  SourceLoader,
  split,
  type Task,
  taskOf,
} from '@residual/data';
import { featureMaps, featurePaths, filterPictures, gradCam } from '@residual/inspect';
import { features, init, layerSummary, models, predict } from '@residual/models';
import { preparation, preparePicture } from '@residual/pictures';
import { curvesOption } from '@residual/plot';
import { recipes, startRecipe } from '@residual/recipes';
import { classify, decodeModel, encodeModel, taskInput } from '@residual/runs';
import { confusionMatrix, evaluate, type History, pictureData, sgd, Trainer } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

// Pictures that no package of ours knows: 40 high, 24 wide, in colour, of 13 classes. Whatever takes 28 x 28, one channel or ten
// classes for granted fails here. The command and the page have such a test of their own.
const [HEIGHT, WIDTH, CHANNELS, CLASSES] = [40, 24, 3, 13];
const BYTES = HEIGHT * WIDTH * CHANNELS;

/** Horizontal stripes in the colours of a class, as four IDX files. */
function files() {
  const part = (name: string, count: number) => {
    const images = new Uint8Array(20 + count * BYTES);
    new DataView(images.buffer).setUint32(0, 0x0804);
    for (const [i, size] of [count, HEIGHT, WIDTH, CHANNELS].entries()) {
      new DataView(images.buffer).setUint32(4 + 4 * i, size);
    }
    const labels = new Uint8Array(8 + count);
    new DataView(labels.buffer).setUint32(0, 0x0801);
    new DataView(labels.buffer).setUint32(4, count);
    for (let i = 0; i < count; i++) {
      const label = i % CLASSES;
      labels[8 + i] = label;
      for (let at = 0; at < BYTES; at++) {
        const row = Math.floor(at / (WIDTH * CHANNELS));
        images[20 + i * BYTES + at] =
          (label * 19 * ((at % CHANNELS) + 1) + 60 * Math.floor(row / 8) + i) % 256;
      }
    }
    return [
      { name: `${name}-images-idx4-ubyte`, bytes: images },
      { name: `${name}-labels-idx1-ubyte`, bytes: labels },
    ];
  };
  return [...part('train', 52), ...part('t10k', 26)];
}

let pictures: DataSplit;
let task: Task;
let data: LoadedData;

beforeAll(async () => {
  configureSimd({ threads: 1 });
  await tf.setBackend('simd');
  pictures = idxSplit(files(), { name: 'stripes' });
  task = taskOf(pictures, { name: 'stripes' });
  data = { ...pictures, task };
});

describe('pictures of 40x24 in colour, of 13 classes, in', () => {
  it('data: files, a task, parts, batches from memory and as they are read', async () => {
    expect(task).toMatchObject({
      picture: { height: 40, width: 24, channels: 3 },
      data: { name: 'stripes' },
    });
    expect(task.classNames).toHaveLength(CLASSES);
    expect(split(pictures.train, 13, 0).test).toMatchObject({ length: 13, shape: [40, 24, 3] });
    const options = { batchSize: 8, shuffle: { seed: 1 } };
    const [batch] = new PictureLoader(pictures.train, options).epoch(0);
    const loader = new SourceLoader(datasetSource(pictures.train), {
      ...options,
      picture: [HEIGHT, WIDTH, CHANNELS],
      prepare: preparation(task),
    });
    for await (const read of loader.epoch(0)) {
      expect(read).toEqual(batch);
      break;
    }
  });

  it('pictures: any picture becomes one of the task', () => {
    for (const channels of [1, 2, 3, 4]) {
      const photo = { data: new Uint8Array(50 * 30 * channels).fill(90), width: 50, height: 30 };
      expect(preparePicture(photo, task)).toHaveLength(BYTES);
    }
    const own = { data: pictures.test.images.subarray(0, BYTES), width: WIDTH, height: HEIGHT };
    expect(preparePicture(own, task)).toEqual(own.data);
  });

  it('models: every network has a head for them', () => {
    for (const { name, create } of Object.values(models)) {
      const { layers } = layerSummary(create({ numClasses: CLASSES }), [1, HEIGHT, WIDTH, CHANNELS]);
      expect(layers.at(-1)?.outputShape, name).toEqual([1, CLASSES]);
    }
  });

  it('blocks and inspect: features, maps, filters and heat', async () => {
    const model = init(models.resnet20.create({ numClasses: CLASSES }), [1, HEIGHT, WIDTH, CHANNELS], {
      seed: 0,
    });
    const x = tf.randomUniform<tf.Rank.R4>([2, HEIGHT, WIDTH, CHANNELS]);
    expect(predict(model, x).shape).toEqual([2, CLASSES]);
    expect(features(model, x, 'stages.0').shape).toEqual([2, HEIGHT, WIDTH, 16]);
    expect(featurePaths(model, x.shape)[0]).toMatchObject({ path: 'stem', height: HEIGHT, width: WIDTH });
    const [heat] = await gradCam(model, x, { classIndex: 12 });
    expect(heat).toMatchObject({ classIndex: 12, height: HEIGHT, width: WIDTH });
    expect((await featureMaps(model, x, 'stem'))[0]).toMatchObject({ height: HEIGHT, width: WIDTH });
    expect(await filterPictures(model, 'stem.conv')).toMatchObject({ count: 16 });
  });

  it('trainer: a loop of batches, and its judges', async () => {
    const batches = pictureData(pictures, { batchSize: 13, normalize: task.normalize ?? undefined });
    expect(batches.inputShape).toEqual([HEIGHT, WIDTH, CHANNELS]);
    const model = init(models.resnet20.create({ numClasses: CLASSES }), [1, ...batches.inputShape], {
      seed: 0,
    });
    const trainer = new Trainer({ maxEpochs: 1, optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }) });
    const history: History = await trainer.fit(model, batches);
    expect(history[0]).toMatchObject({ step: 4 });
    expect((await evaluate(model, batches)).count).toBe(26);
    expect(await confusionMatrix(model, batches)).toHaveLength(CLASSES);
    expect(curvesOption(history, { epochs: 1, title: 'stripes' })).toHaveProperty('series');
  });

  it.each(Object.values(recipes))(
    'recipes and runs: $name trains, and its model file names them',
    async (recipe) => {
      const overrides = { epochs: 1, batchSize: 13, limit: 26 };
      const { config, model, events } = await startRecipe(recipe, { data, overrides });
      for await (const event of events) if (event.type === 'end') expect(event.step).toBe(2);
      const [height, width] = recipe.resize ?? [HEIGHT, WIDTH];
      expect(config.task.picture).toEqual({ height, width, channels: CHANNELS });
      expect(taskInput(config.task).shape).toEqual([HEIGHT, WIDTH, CHANNELS]);
      const bytes = await encodeModel(model, { task: config.task, model: config.training.model });
      const decoded = decodeModel(bytes, 'model');
      const photo = { data: new Uint8Array(60 * 60 * 4).fill(200), width: 60, height: 60 };
      const classes = await classify(decoded.model, photo, decoded.facts.task, { top: CLASSES });
      expect(classes.map(({ className }) => className).sort()).toEqual([...task.classNames].sort());
    },
  );
});
