import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import { CLASSES, writePng } from './stripes.js';
import { eventsOf, folder, interruptAfter, resultOf, resume } from './tinyRun.js';

/** Where there are no packages: what a user's file imports comes from the command. */
const home = mkdtempSync(join(tmpdir(), 'residual-own-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const mine = join(home, 'mine.js');
writeFileSync(
  mine,
  `
import { pictureDataset, defineSource, taskOf } from '@residual/data';
import { defineModel } from '@residual/models';
import { defineStep } from '@residual/pictures';
import { defineLoss, defineOptimizer } from '@residual/trainer';
import { Conv2d, Flatten, GlobalAvgPool2d, Linear, Sequential } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { CLASSES } from './classes.js';

const SHAPE = [12, 8, 3];

defineModel({
  name: 'mine',
  version: 2,
  summary: 'A network of my own',
  inputShape: SHAPE,
  numClasses: CLASSES,
  create: ({ numClasses = CLASSES } = {}) => NETWORK,
});

const invert = defineStep({
  name: 'invert',
  version: 1,
  parameters: v.strictObject({ from: v.number() }),
  apply: (picture, { from }) => ({ ...picture, data: picture.data.map((level) => from - level) }),
  size: (_, before) => before,
});

const part = (name, length) =>
  pictureDataset({
    name: 'mine/' + name,
    shape: SHAPE,
    classNames: Array.from({ length: CLASSES }, (_, i) => 'kind ' + i),
    labels: Uint8Array.from({ length }, (_, i) => i % CLASSES),
    images: Uint8Array.from({ length: length * 288 }, (_, at) => (Math.floor(at / 288) % CLASSES) * 19 + (at % 7)),
  });

defineSource({
  name: 'mine',
  version: 1,
  load: async () => {
    const train = part('train', 52);
    const test = part('test', 26);
    const task = taskOf({ train, test }, { name: 'mine' });
    return { train, test, task: { ...task, steps: [...task.steps, invert({ from: 255 })] } };
  },
});

defineLoss({
  name: 'squared',
  version: 1,
  loss: (logits, labels) => tf.losses.meanSquaredError(tf.oneHot(labels, logits.shape[1]), tf.softmax(logits)),
});

defineOptimizer({
  name: 'signs',
  version: 1,
  slots: ['last'],
  rule: ({ parameter, gradient, slots, learningRate }) => {
    const last = tf.add(tf.mul(slots.last, 0.5), gradient);
    return { parameter: tf.sub(parameter, tf.mul(tf.sign(last), learningRate)), slots: { last } };
  },
});
`,
);
