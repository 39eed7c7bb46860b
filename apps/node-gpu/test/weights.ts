import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { stateShapes } from '@residual/blocks';
import { resnet18 } from '@residual/models';
import { encodeSafetensors, type StoredTensor, type TensorData, torchvisionTensors } from '@residual/weights';
import { beforeAll, describe, expect, it } from 'vitest';
import { dict, pickle, tensor, text, torchFile } from '../../../packages/weights/test/pickle.js';
import { writeNoisyPicture } from './noisyPicture.js';
import { residual } from './residual.js';
import { folder, resultOf, whole } from './tinyRun.js';

/** A ResNet-18 of 1,000 classes under torchvision's names, in its layout: filters around 0, the rest positive as variances must be. */
function torchvisionTensorsOf(): Map<string, TensorData> {
  const unread = ([path, shape]: [string, readonly number[]]): [string, StoredTensor] => [
    path,
    { dtype: 'F32', shape, read: () => Promise.reject(new Error('without values')) },
  ];
  const shapes = stateShapes(resnet18(), [1, 64, 64, 3]);
  const tensors = [...torchvisionTensors(new Map([...shapes].map(unread)))].map(
    ([name, { shape }]): [string, TensorData] => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      for (let i = 0; i < data.length; i++)
        data[i] = shape.length > 1 ? ((i % 101) - 50) / 2000 : 1 + (i % 10) / 10;
      return [name, { dtype: 'F32', shape, data }];
    },
  );
  return new Map(tensors);
}

/** The same as `torch.save` writes it: a zip of a pickle and each tensor's values. */
function torchFileOf(tensors: ReadonlyMap<string, TensorData>): Uint8Array {
  const items = [...tensors].map(([name, { shape, data }], i) => {
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    return {
      name,
      object: tensor([...shape], stride, { length: data.length, key: `${i}` }),
      key: `a/data/${i}`,
      data,
    };
  });
  const records = items.map(({ key, data }) => [key, new Uint8Array(data.buffer)] as const);
  const object = pickle(dict(...items.flatMap(({ name, object }) => [text(name), object])));
  return torchFile(object, { records: Object.fromEntries(records) });
}

describe('residual convert', () => {
  const at = (name: string) => join(folder.path, 'weights', name);
  const convert = (...words: string[]) => residual(['convert', ...words]);
  const [given, ours] = [at('given.pth'), at('ours.safetensors')];
  const tensors = torchvisionTensorsOf();

  beforeAll(() => {
    mkdirSync(at(''), { recursive: true });
    writeFileSync(given, torchFileOf(tensors));
  });

  it("brings torchvision's weights in with their task, tells what became of them on one screen, and back to the bit", async () => {
    const { code, stdout, stderr } = await convert(given, ours, '--model', 'torchvision/resnet18-v1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain("file        PyTorch, torchvision's and timm's names\n");
    expect(stdout).toContain('loaded      102 tensors\ntransposed  21 to the layout of this library\n');
    expect(stdout).toContain('hash        not compared with anything\n');
    expect(stdout.split('\n').length).toBeLessThan(24);

    expect(await convert(ours, at('back.safetensors'), '--names', 'torchvision')).toMatchObject({ code: 0 });
    const expected = encodeSafetensors(tensors, { format: 'pt' });
    expect(Buffer.compare(readFileSync(at('back.safetensors')), expected)).toBe(0);
  });

  it('names what is in a picture with them, without a run', async () => {
    const picture = at('picture.png');
    await writeNoisyPicture(picture, 300, 260);
    const words = ['--backend', 'simd', '--threads', '1', '--json', '--top', '2'];
    const bare = await residual([
      'predict',
      picture,
      '--weights',
      given,
      '--model',
      'torchvision/resnet18-v1',
      ...words,
    ]);
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    const { classes } = JSON.parse(bare.stdout);
    expect(classes).toHaveLength(2);
    expect(await residual(['predict', picture, '--weights', ours, ...words])).toMatchObject({
      stdout: bare.stdout,
    });

    expect(
      await residual(['predict', picture, '--weights', given, '--model', 'resnet18', ...words]),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/expected a task.*received resnet18 alone\. Say it by --task/),
    });
    const task = at('task.json');
    writeFileSync(
      task,
      JSON.stringify({
        version: 1,
        picture: { height: 64, width: 64, channels: 3 },
        steps: [{ name: 'color' }, { name: 'stretch', height: 64, width: 64 }],
        normalize: null,
        classNames: Array.from({ length: 1000 }, (_, i) => `n${i}`),
        data: { name: 'mine' },
      }),
    );
    const own = await residual([
      'predict',
      picture,
      '--weights',
      given,
      '--model',
      'resnet18',
      '--task',
      task,
      ...words,
    ]);
    expect(JSON.parse(own.stdout).classes[0].className).toMatch(/^n\d+$/);
  });

  it("writes timm's folder, and reads it by what it declares", async () => {
    const timm = at('timm');
    expect(await convert(ours, timm, '--names', 'timm')).toMatchObject({ code: 0 });
    expect(readdirSync(timm).sort()).toEqual(['config.json', 'model.safetensors']);
    const config = JSON.parse(readFileSync(join(timm, 'config.json'), 'utf8'));
    expect(config).toMatchObject({
      architecture: 'resnet18',
      num_classes: 1000,
      pretrained_cfg: { input_size: [3, 224, 224], crop_pct: 0.875 },
    });
    expect(config.label_names).toHaveLength(1000);
    const { stdout } = await residual(['summary', '--weights', timm]);
    expect(stdout).toMatch(
      /loaded {6}102 tensors[\s\S]*resizeShortSide, centerCrop[\s\S]*total +11,689,512 /,
    );

    writeFileSync(join(timm, 'config.json'), JSON.stringify({ ...config, architecture: 'resnetblur18' }));
    expect(await residual(['summary', '--weights', timm])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/"resnetblur18".*computes something else/),
    });
  });

  it("copies a run's model to the byte, and refuses it by name where torchvision and timm don't have it", async () => {
    expect(await convert(whole, at('run.safetensors'))).toMatchObject({ code: 0 });
    expect(Buffer.compare(readFileSync(at('run.safetensors')), resultOf(whole).model)).toBe(0);
    for (const [names, out] of [
      ['torchvision', 'no.safetensors'],
      ['timm', 'no'],
    ] as const) {
      const { code, stderr } = await convert(whole, at(out), '--names', names);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining(
          `a network that ${names} has, such as resnet50, received resnet20, which it hasn't.`,
        ),
      });
    }
  });

  it.each([
    [
      '33 another network',
      ['--model', 'resnet34'],
      1,
      /expected the weights of the network that was named, received others: 80 missing/,
    ],
    ['no word of what it is', [], 2, /or --model, received neither/],
    ['an unknown network', ['--model', 'vgg16'], 2, /--model: expected a known network, received vgg16/],
    [
      'a name without a file',
      ['--model', 'resnet18', '--task', 'nothing.json'],
      1,
      /nothing\.json: .*nothing there/,
    ],
    ['no task', ['--model', 'resnet18'], 2, /--task ROW\|FILE/],
    [
      'names of nobody',
      ['--model', 'resnet18', '--names', 'keras'],
      2,
      /Allowed choices are ours, torchvision, timm/,
    ],
  ])('%s is refused, and nothing is written', async (_, words, code, message) => {
    const outcome = await convert(given, at('none.safetensors'), ...words);
    expect({ ...outcome, stdout: '' }).toMatchObject({ code, stderr: expect.stringMatching(message) });
    expect(readdirSync(at('')).filter((name) => name.startsWith('none'))).toEqual([]);
  });

  it('31 writes nothing of weights that are not finite, under whose names ever', async () => {
    const [path, { dtype, shape, data }] = [...tensors][0]!;
    const broken = (data as Float32Array).slice();
    broken[7] = Number.NaN;
    const file = at('nan.safetensors');
    writeFileSync(
      file,
      encodeSafetensors(new Map(tensors).set(path, { dtype, shape, data: broken } as TensorData)),
    );
    for (const [names, out] of [
      ['ours', 'none.safetensors'],
      ['torchvision', 'none.safetensors'],
      ['timm', 'none'],
    ] as const) {
      const words = ['--model', 'torchvision/resnet18-v1', '--names', names];
      expect(await convert(file, at(out), ...words)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /nan\.safetensors: stem\.conv\.weight: expected finite weights, received NaN/,
        ),
      });
      expect(readdirSync(at('')).filter((name) => name.startsWith('none'))).toEqual([]);
    }
  });

  it('refuses to overwrite, and names that would say something else', async () => {
    const words = ['--model', 'torchvision/resnet18-v1'];
    expect(await convert(given, ours, ...words)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('a name that is free'),
    });
    expect(await convert(given, at('a.pth'), ...words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ends in .safetensors'),
    });
    expect(await convert(given, at('a.safetensors'), '--names', 'timm', ...words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a folder to make'),
    });
  });

  it('94 a published file whose SHA-256 is not what its name says is refused', async () => {
    const published = at('resnet18-f37072fd.pth');
    writeFileSync(published, readFileSync(given));
    expect(await residual(['summary', '--weights', published])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('say so: --model torchvision/resnet18-v1.'),
    });
    const { code, stderr } = await convert(
      published,
      at('none.safetensors'),
      '--model',
      'torchvision/resnet18-v1',
    );
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /a SHA-256 that begins with f37072fd, as its name says, received [0-9a-f]{8}\./,
      ),
    });
  });

  it('95 a file that ends too early is refused', async () => {
    truncateSync(at('back.safetensors'), 1_000_000);
    const { code, stderr } = await convert(
      at('back.safetensors'),
      at('none.safetensors'),
      '--model',
      'resnet18',
    );
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/an end within the \d+ bytes of data/),
    });
  });
});

describe('residual weights', () => {
  it('lists what is published, with licence and file', async () => {
    const { code, stdout } = await residual(['weights', 'torchvision/resnet50']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stdout).toContain(
      'torchvision/resnet50-v2  224 of 232, bilinear  bsd-3-clause  resnet50-11ad3fa6.pth\n',
    );
    const json = await residual(['weights', 'timm/resnet50.a1_in1k', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      license: 'apache-2.0',
      task: { picture: { height: 224 } },
    });
    const shipped = await residual(['weights', 'residual/']);
    expect(shipped.stdout).toMatch(
      /^residual\/resnet20-fashion-mnist +comes with it +mit +clothes, .*\nresidual\/resnet20-emoji +comes with it +cc-by-4\.0 +five .*\n$/,
    );
    expect(await residual(['weights', 'vgg16'])).toMatchObject({ code: 2 });
  });
});
