import { dispose, observe, predict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onBackends } from '../test/backends.js';
import { pooledNetwork, tinyPictures, tinyResNet } from '../test/networks.js';
import { gradCam } from './gradCam.js';

const near = (values: number[], digits = 5) => values.map((value) => expect.closeTo(value, digits));

/** Small, as a ReLU on the way turns off; far above the rounding of float32. */
const STEP = 1e-3;

onBackends('gradCam', () => {
  it('is the class activation map where the features are pooled: by hand', async () => {
    const model = pooledNetwork();
    const x = tf.tensor4d([1, 2, 0, -1, 4, 0.5], [1, 2, 3, 1]);
    const [zero] = await gradCam(model, x, { path: '0', classIndex: 0 });
    // Weights 3/6 and 1/6 for features x and -2x: (3 - 2) x / 6, without what is negative, up to 1 at x = 4.
    expect(zero).toMatchObject({ classIndex: 0, height: 2, width: 3 });
    expect([...zero!.values]).toEqual(near([1 / 4, 1 / 2, 0, 0, 1, 1 / 8]));
    // Weights -1/6 and 1/6: (-1 - 2) x / 6, so that only x = -1 is left.
    const [two] = await gradCam(model, x, { path: '0', classIndex: 2 });
    expect([...two!.values]).toEqual(near([0, 0, 0, 1, 0, 0]));
    // The likeliest class has a bias alone: nothing in the picture speaks for it.
    const [likeliest] = await gradCam(model, x, { path: '0' });
    expect(likeliest).toEqual({ classIndex: 1, height: 2, width: 3, values: new Float32Array(6) });
    dispose(model);
    x.dispose();
  });

  it.each(['stem', 'stages.0.0', 'stages.1.0.conv1', 'stages.1'])(
    'agrees with central differences at %s, for each picture of a batch by itself',
    async (path) => {
      const model = tinyResNet();
      const x = tinyPictures();
      const maps = await gradCam(model, x, { path, classIndex: 1, size: sizeAt(model, x, path) });
      const expected = await mapByDifferences(model, x, path, 1);
      expect(maps.map(({ values }) => [...values])).toEqual(expected.map((values) => near(values, 2)));
      expect(maps.map(({ values }) => Math.max(...values))).toEqual([1, 1]);
      dispose(model);
      x.dispose();
    },
  );

  it('looks for the likeliest class in the last features, at the size of the pictures', async () => {
    const model = tinyResNet();
    const x = tinyPictures();
    const logits = predict(model, x);
    const likeliest = tf.argMax(logits, 1);
    const before = tf.memory().numTensors;
    const maps = await gradCam(model, x);
    expect(tf.memory().numTensors).toBe(before);
    expect(maps.map(({ classIndex }) => classIndex)).toEqual([...(await likeliest.data())]);
    expect(maps.map(({ height, width, values }) => [height, width, values.length])).toEqual([
      [8, 6, 48],
      [8, 6, 48],
    ]);
    for (const [i, { classIndex }] of maps.entries()) {
      const alone = await gradCam(model, x, { path: 'stages.1', classIndex });
      expect(alone[i]).toEqual(maps[i]);
    }
    tf.dispose([x, logits, likeliest]);
    dispose(model);
  });

  it('refuses a path without pictures and a class that there is not, and keeps no tensor', async () => {
    const model = tinyResNet();
    const x = tinyPictures();
    const before = tf.memory().numTensors;
    await expect(gradCam(model, x, { path: 'head' })).rejects.toMatchObject({
      code: 'PATH',
      message:
        'features: path: expected a module that runs once and gives pictures [B, h, w, C], received "head", one that ' +
        'gives [2,3]. There are stem, stages.0.0, stages.0, stages.1.0, stages.1.1, stages.1, and what is inside them.',
    });
    await expect(gradCam(model, x, { path: 'stages.7' })).rejects.toThrow('"stages.7", which is none');
    await expect(gradCam(model, x, { classIndex: 3 })).rejects.toMatchObject({
      code: 'CLASS',
      message:
        'gradCam: classIndex: expected a class number from 0 to 2, received 3. ' +
        'Leave it out to look for the likeliest class.',
    });
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
    dispose(model);
  });
});

type Network = ReturnType<typeof tinyResNet>;

function featuresOf(model: Network, x: tf.Tensor4D, path: string): tf.Tensor4D {
  return tf.tidy(() => {
    let found: tf.Tensor | undefined;
    observe(
      model,
      (seen) => {
        if (seen.path === path) found = tf.clone(seen.output);
      },
      () => model.forward(x, 'eval'),
    );
    return found as tf.Tensor4D;
  });
}

function sizeAt(model: Network, x: tf.Tensor4D, path: string): [number, number] {
  const features = featuresOf(model, x, path);
  features.dispose();
  return [features.shape[1], features.shape[2]];
}

/** The definition, with the weight of each channel as the difference of two runs of the network. */
async function mapByDifferences(model: Network, x: tf.Tensor4D, path: string, classIndex: number) {
  const features = featuresOf(model, x, path);
  const [batch, height, width, channels] = features.shape;
  const pixels = height * width;
  const logitsWith = async (channel: number, step: number) => {
    const logits = tf.tidy(() => {
      const moved = tf.mul(tf.oneHot(tf.scalar(channel, 'int32'), channels), step); // [C]
      const given = tf.add(features, moved);
      return observe(model, (seen) => (seen.path === path ? given : undefined), () => model.forward(x, 'eval')); // biome-ignore format: one pass
    });
    const rows = (await logits.array()) as number[][];
    logits.dispose();
    return rows.map((row) => row[classIndex]!);
  };
  const weights = Array.from({ length: batch }, () => new Array<number>(channels).fill(0));
  for (let channel = 0; channel < channels; channel++) {
    const high = await logitsWith(channel, STEP);
    const low = await logitsWith(channel, -STEP);
    for (const [example, row] of weights.entries())
      row[channel] = (high[example]! - low[example]!) / (2 * STEP) / pixels;
  }
  const values = await features.data<'float32'>();
  features.dispose();
  return weights.map((row, example) => {
    const map = Array.from({ length: pixels }, (_, pixel) => {
      const start = (example * pixels + pixel) * channels;
      const sum = row.reduce((total, weight, channel) => total + weight * values[start + channel]!, 0);
      return Math.max(0, sum);
    });
    const largest = Math.max(...map);
    return map.map((value) => value / largest);
  });
}
