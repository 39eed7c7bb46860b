import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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
import { Conv2d, GlobalAveragePool, Linear, ReLU, Sequential } from '@residual/blocks';
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
  create: ({ numClasses = CLASSES } = {}) =>
    new Sequential(new Conv2d(8, 3, { padding: 1 }), new ReLU(), new GlobalAveragePool(), new Linear(numClasses)),
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
writeFileSync(join(home, 'classes.js'), `export const CLASSES = ${CLASSES};\n`);

const config = join(home, 'mine.json');
writeFileSync(
  config,
  JSON.stringify({
    training: {
      recipe: 'quick',
      model: { name: 'mine', version: 2 },
      optimizer: { name: 'signs', version: 1, learningRate: 0.01 },
      loss: { name: 'squared', version: 1 },
      epochs: 2,
      batchSize: 13,
    },
    environment: {
      data: { name: 'mine', version: 1 },
      backend: { name: 'simd', options: { threads: 1 } },
      imports: [{ file: './mine.js' }],
    },
  }),
);
const TRAIN = ['train', '--config', config, '--checkpoint-every', '0.001'];
const whole = join(folder.path, 'runs', 'mine');

describe('pieces of a user, in a folder without packages', () => {
  it('train: a network, a step, a source, a loss and an optimizer', async () => {
    expect(await residual([...TRAIN, '--out', whole])).toMatchObject({ code: 0, stderr: '' });
    const { task, training, environment } = JSON.parse(readFileSync(join(whole, 'config.json'), 'utf8'));
    expect(task.steps.at(-1)).toEqual({ name: 'invert', version: 1, from: 255 });
    expect(training.loss).toEqual({ name: 'squared', version: 1 });
    expect(environment.imports).toEqual([{ file: mine, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  it('go on to the same bits, and are imported again by themselves', async () => {
    const out = join(folder.path, 'runs', 'mine stopped');
    const moment = { type: 'checkpoint', count: 2 } as const;
    const words = [...TRAIN.slice(1), '--out', out];
    const stopped = await interruptAfter(words, moment, ({ child }) => child.kill('SIGINT'));
    expect(stopped.code).toBe(130);
    expect(await resume(out)).toMatchObject({ code: 0, stderr: '' });
    expect(resultOf(out)).toEqual(resultOf(whole));
  });

  it('evaluate, predict and show in the summary', async () => {
    const judged = await residual(['evaluate', '--run', whole, '--json']);
    expect(judged).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(judged.stdout).images).toBe(26);
    const file = join(home, 'picture.png');
    await writePng(file, 3);
    const named = await residual(['predict', file, '--run', whole, '--top', '13', '--json']);
    expect(named).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(named.stdout).classes).toHaveLength(CLASSES);
    const listed = await residual(['summary', '--import', mine, '--json']);
    const last = JSON.parse(listed.stdout.trimEnd().split('\n').at(-1)!);
    expect(last).toMatchObject({ name: 'mine', version: 2, parameters: 224 + 117 });
    const ofRun = await residual(['summary', '--run', whole, '--json']);
    expect(JSON.parse(ofRun.stdout)).toMatchObject({ name: 'mine', parameters: 224 + 117 });
  });

  it('are named by the command line too', async () => {
    const words = [
      'train',
      '--import',
      mine,
      '--model',
      'mine',
      '--data',
      'mine',
      '--print-config',
      '--json',
    ];
    const { training, environment } = JSON.parse((await residual(words)).stdout);
    expect(training.model).toEqual({ name: 'mine', version: 2 });
    expect(environment.data).toEqual({ name: 'mine', version: 1 });
  });

  it('that nothing defines are refused, with the import to write', async () => {
    const file = join(home, 'missing.json');
    for (const [field, value, message] of [
      [
        'loss',
        { name: 'cubed', version: 1 },
        /training\.loss: .* "cubed" of version 1, .* defineLoss .*--import FILE/,
      ],
      [
        'optimizer',
        { name: 'none', version: 3, learningRate: 1 },
        /optimizer: .* defineOptimizer .*--import FILE/,
      ],
      ['augment', [{ name: 'mirror', version: 1 }], /augment\.0: .* defineStep .*--import FILE/],
      [
        'model',
        { name: 'mine', version: 9 },
        /model: .* "mine" of version 9, .* defineModel .*--import FILE/,
      ],
    ] as const) {
      writeFileSync(file, JSON.stringify({ training: { recipe: 'quick', [field]: value } }));
      const { code, stderr } = await residual([
        'train',
        '--config',
        file,
        '--backend',
        'cpu',
        '--print-config',
      ]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
    }
  });

  it('of which a source that nothing defines is refused likewise', async () => {
    const file = join(home, 'missing.json');
    writeFileSync(file, JSON.stringify({ environment: { data: { name: 'flowers', version: 1 } } }));
    expect(await residual(['train', '--config', file])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /environment\.data: .* flowers version 1\. .* defineSource .*--import FILE\.\n$/,
      ),
    });
  });

  it('that fail are errors that name the file', async () => {
    const broken = join(home, 'broken.js');
    writeFileSync(broken, "import { nothing } from '@residual/nowhere';\n");
    expect(await residual(['summary', '--import', broken])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: .*broken\.js: expected a module that can be imported, received [^\n]*\n$/,
      ),
    });
    expect(await residual(['summary', '--import', join(home, 'none.js')])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: .*none\.js: .*ENOENT/),
    });
  });

  it('that have changed are used, with a warning; that are gone are asked for', async () => {
    const out = join(folder.path, 'runs', 'mine changed');
    const moment = { type: 'checkpoint', count: 2 } as const;
    await interruptAfter([...TRAIN.slice(1), '--out', out], moment, ({ child }) => child.kill('SIGINT'));
    appendFileSync(mine, '// changed\n');
    const told = await residual(['evaluate', '--run', out]);
    expect(told).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^warning: .*mine\.js is not what it was/),
    });
    mkdirSync(join(home, 'moved'));
    renameSync(mine, join(home, 'moved', 'mine.js'));
    expect(await resume(out)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: .*mine\.js: .* residual train --resume '.*' --import mine\.js\.\n$/,
      ),
    });
    renameSync(join(home, 'classes.js'), join(home, 'moved', 'classes.js'));
    const now = join(home, 'moved', 'mine.js');
    const { code, stdout, stderr } = await residual(['train', '--resume', out, '--import', now, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(eventsOf(stdout)).toContainEqual(
      expect.objectContaining({ type: 'warning', message: expect.stringContaining('is not what it was') }),
    );
    expect(resultOf(out).history).toEqual(resultOf(whole).history);
    const { environment } = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'));
    expect(environment.imports).toEqual([{ file: now, sha256: expect.any(String) }]);
  });
});
