import { dispose, init, predict, readStateDict, stateShapes } from '@residual/blocks';
import type { Task } from '@residual/data';
import { findModel, resnet18 } from '@residual/models';
import {
  describeLoad,
  openWeights,
  parseHubConfig,
  requireWhole,
  type StoredTensor,
  sourceOfBytes,
  torchvisionTensors,
  type WeightsFile,
} from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import recorded from '../fixtures/names.json' with { type: 'json' };
import { formulaFile } from '../test/formulaFile.js';
import '../test/onSimd.js';
import { decodeModel, encodeModel, fitNetwork, loadWeights, modelFacts, streamModel } from './index.js';

const task: Task = {
  version: 1,
  picture: { height: 32, width: 32, channels: 3 },
  steps: [],
  normalize: null,
  classNames: ['a', 'b', 'c'],
  data: { name: 'formula' },
};
const model = { name: 'resnet18' };

/** A file of tensors of one value, under these names. */
function fileOf(shapes: Record<string, readonly number[]>, value = 0.5): WeightsFile {
  const tensors = Object.entries(shapes).map(([name, shape]): [string, StoredTensor] => {
    const data = () => new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value);
    if (name.endsWith('num_batches_tracked')) {
      return [
        name,
        { dtype: 'I64', shape, read: async () => ({ dtype: 'I64', shape, data: BigInt64Array.of(7n) }) },
      ];
    }
    return [name, { dtype: 'F32', shape, read: async () => ({ dtype: 'F32', shape, data: data() }) }];
  });
  return { name: 'model.pth', format: 'PyTorch', metadata: {}, tensors: new Map(tensors) };
}

const torchvision = (classes = 3, channels = 3) =>
  formulaFile(stateShapes(resnet18({ numClasses: classes }), [1, 32, 32, channels]));

/** The same tensors under other names. */
function renamed(file: WeightsFile, rename: (name: string) => string): WeightsFile {
  return { ...file, tensors: new Map([...file.tensors].map(([name, tensor]) => [rename(name), tensor])) };
}

describe('fitNetwork', () => {
  it.each([
    ['transformers resnet18', 'resnet18', 'transformers', 3],
    ['transformers resnet50', 'resnet50', 'transformers', 3],
    ['d2l-resnet18', 'd2l-resnet18', 'd2l', 1],
  ] as const)('%s: each tensor of the library has its place', (library, name, names, channels) => {
    const file = fileOf(recorded[library].shapes as Record<string, number[]>);
    const { tensors, report } = fitNetwork(file, { model: { name }, channels, numClasses: 10 });
    requireWhole(report);
    expect(report).toMatchObject({ names, prefix: names === 'd2l' ? 'net.' : '' });
    const shapes = stateShapes(findModel(name).create({ numClasses: 10 }), [1, 96, 96, channels]);
    expect(report.loaded.toSorted()).toEqual([...shapes.keys()].toSorted());
    for (const [path, { shape }] of tensors) expect(shape).toEqual(shapes.get(path));
    expect(report.dropped).toHaveLength(file.tensors.size - shapes.size);
  });

  it.each(['module.', 'model.', 'net.', 'model.net.', '_orig_mod.module.'])(
    'takes off the prefix %s',
    (prefix) => {
      const { report } = fitNetwork(
        renamed(torchvision(), (name) => prefix + name),
        { model, channels: 3, numClasses: 3 },
      );
      requireWhole(report);
      expect(report.prefix).toBe(prefix);
    },
  );

  it('33 wrong, missing and extra names are told, and refused', () => {
    const { name, ...rest } = torchvision();
    const tensors = new Map(rest.tensors);
    tensors.set('fc.extra', tensors.get('fc.bias')!);
    tensors.set('layer1.0.conv1.weight', tensors.get('conv1.weight')!);
    tensors.delete('layer2.0.bn1.running_mean');
    const { report } = fitNetwork({ ...rest, name, tensors }, { model, channels: 3, numClasses: 3 });
    expect(report).toMatchObject({
      missing: ['stages.1.0.bn1.runningMean'],
      unexpected: ['fc.extra'],
      misshapen: [{ path: 'stages.0.0.conv1.weight', expected: '[3, 3, 64, 64]', received: '[7, 7, 3, 64]' }],
    });
    expect(() => requireWhole(report)).toThrow(
      /formula\.pth: .*1 missing \(stages\.1\.0\.bn1\.runningMean\), 1 unexpected \(fc\.extra\), 1 misshapen/,
    );
    expect(describeLoad(report).length).toBeLessThan(12);
  });

  it('33 names of another network are refused', () => {
    expect(() =>
      fitNetwork(fileOf({ 'features.0.weight': [1] }), { model, channels: 3, numClasses: 3 }),
    ).toThrow(/model\.pth: expected the weights of a residual network, .*received "features\.0\.weight"/);
  });

  it('names every type that is no float32', () => {
    const file = torchvision();
    const tensors = new Map(file.tensors);
    tensors.set('fc.bias', { ...tensors.get('fc.bias')!, dtype: 'F64' });
    const { report } = fitNetwork({ ...file, tensors }, { model, channels: 3, numClasses: 3 });
    expect(report.misshapen).toEqual([
      { path: 'head.linear.bias', expected: 'F32, F16 or BF16', received: 'F64' },
    ]);
  });
});

describe('loadWeights', () => {
  it('31 refuses values that are not finite', async () => {
    const file = torchvision();
    const bad = { dtype: 'F32' as const, shape: [3], data: Float32Array.of(0, Number.NaN, 0) };
    const tensors = new Map(file.tensors).set('fc.bias', { ...bad, read: async () => bad });
    const before = tf.memory().numTensors;
    await expect(loadWeights({ ...file, tensors }, { task, model })).rejects.toThrow(
      /head\.linear\.bias: expected finite weights, received NaN at position 1/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('widens halves to exactly their values', async () => {
    const file = torchvision();
    const halves = Uint16Array.of(0x0001, 0xc000, 0x3555); // 2^-24, -2, 0.333251953125
    const half = { dtype: 'F16' as const, shape: [3], data: halves };
    const brain = { dtype: 'BF16' as const, shape: [64], data: new Uint16Array(64).fill(0x3fc0) }; // 1.5
    const tensors = new Map(file.tensors)
      .set('fc.bias', { ...half, read: async () => half })
      .set('bn1.weight', { ...brain, read: async () => brain });
    const { model: loaded, report } = await loadWeights({ ...file, tensors }, { task, model });
    expect(report.widened).toEqual(['stem.bn.scale', 'head.linear.bias']);
    const state = await readStateDict(loaded);
    dispose(loaded);
    expect(state.get('head.linear.bias')!.data).toEqual(Float32Array.of(2 ** -24, -2, 0.333251953125));
    expect(new Set(state.get('stem.bn.scale')!.data)).toEqual(new Set([1.5]));
  });

  it('takes a stem of colour pictures for grey ones: the same logits as for grey in all three channels', async () => {
    const grey: Task = { ...task, picture: { ...task.picture, channels: 1 } };
    await expect(loadWeights(torchvision(), { task: grey, model })).rejects.toThrow(/1 misshapen/);
    const color = await loadWeights(torchvision(), { task, model });
    const adapted = await loadWeights(torchvision(), { task: grey, model }, { adaptStem: true });
    expect(adapted.report.adapted).toEqual(['stem.conv.weight']);
    const x = tf.randomUniform([2, 32, 32, 1], 0, 1, 'float32', 1) as tf.Tensor4D;
    const expected = await predict(color.model, tf.tile(x, [1, 1, 1, 3])).data();
    const logits = await predict(adapted.model, x).data();
    for (const [i, logit] of logits.entries()) expect(logit).toBeCloseTo(expected[i]!, 4);
    for (const { model: loaded } of [color, adapted]) dispose(loaded);
  });

  it('takes a stem of grey pictures for colour ones, a third each', async () => {
    const { model: loaded } = await loadWeights(torchvision(3, 1), { task, model }, { adaptStem: true });
    const { data, shape } = (await readStateDict(loaded)).get('stem.conv.weight')!;
    dispose(loaded);
    expect(shape).toEqual([7, 7, 3, 64]);
    const grey = await torchvision(3, 1).tensors.get('conv1.weight')!.read(); // [64, 1, 7, 7]
    expect(data[0]).toBe(Math.fround((grey.data as Float32Array)[0]! / 3));
    expect(data[64]).toBe(data[0]);
    expect(data[192]).toBe(Math.fround((grey.data as Float32Array)[1]! / 3));
  });

  it('begins a new head for other classes, as the seed says, and leaves the trunk as it was', async () => {
    await expect(loadWeights(torchvision(10), { task, model })).rejects.toThrow(/2 misshapen/);
    const { model: loaded, report } = await loadWeights(
      torchvision(10),
      { task, model },
      { newHead: true, seed: 5 },
    );
    expect(report.left).toEqual(['head.linear.weight', 'head.linear.bias']);
    const state = await readStateDict(loaded);
    dispose(loaded);
    const fresh = init(resnet18({ numClasses: 3 }), [1, 32, 32, 3], { seed: 5 });
    expect(state.get('head.linear.weight')).toEqual((await readStateDict(fresh)).get('head.linear.weight'));
    dispose(fresh);
    const { data } = await torchvision(10).tensors.get('bn1.running_mean')!.read();
    expect(state.get('stem.bn.runningMean')!.data).toEqual(data);
  });
});

describe('streamModel', () => {
  it("writes encodeModel's bytes, which go back to torchvision's names and layout to the bit", async () => {
    const facts = { task, model };
    const { tensors } = fitNetwork(torchvision(), { model, channels: 3, numClasses: 3 });
    const pieces: Uint8Array[] = [];
    for await (const piece of streamModel(tensors, facts)) pieces.push(piece.slice());
    const bytes = new Uint8Array(Buffer.concat(pieces));
    const { model: decoded } = decodeModel(bytes, 'ours.safetensors');
    expect(Buffer.compare(bytes, await encodeModel(decoded, facts))).toBe(0);
    dispose(decoded);

    const ours = await openWeights(sourceOfBytes(bytes, 'ours.safetensors'));
    expect(modelFacts(ours.metadata, 'ours.safetensors')).toEqual(facts);
    const back = torchvisionTensors(fitNetwork(ours, { model, channels: 3, numClasses: 3 }).tensors);
    expect([...back.keys()]).toEqual([...torchvision().tensors.keys()]);
    for (const [name, tensor] of torchvision().tensors) {
      expect(await back.get(name)!.read()).toEqual(await tensor.read());
    }
  });
});

describe("a hub's config.json", () => {
  const timm = { architecture: 'resnet50', num_classes: 10, pretrained_cfg: { input_size: [3, 224, 224] } };

  it('of transformers is known by its shape', () => {
    for (const name of ['resnet18', 'resnet50'] as const) {
      const text = JSON.stringify(recorded[`transformers ${name}`].config);
      expect(parseHubConfig(text, 'config.json')).toMatchObject({ model: name, numClasses: 10, channels: 3 });
    }
  });

  it('of transformers leaves the pictures to preprocessor_config.json', () => {
    const text = JSON.stringify(recorded['transformers resnet50'].config);
    const prepared = {
      image_processor_type: 'ConvNextImageProcessor',
      crop_pct: 0.875,
      size: { shortest_edge: 224 },
      resample: 3,
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
    };
    expect(parseHubConfig(text, 'config.json').preprocessing).toBeUndefined();
    expect(parseHubConfig(text, 'config.json', JSON.stringify(prepared)).preprocessing).toEqual({
      size: [224, 224],
      resize: 256,
      interpolation: 'bicubic',
      mean: prepared.image_mean,
      standardDeviation: prepared.image_std,
    });
    const other = JSON.stringify({ ...prepared, image_processor_type: 'ViTImageProcessor' });
    expect(parseHubConfig(text, 'config.json', other).preprocessing).toBeUndefined();
  });

  it('with objects that can not be made into texts is refused as any other', () => {
    const hostile = { toString: { is: 'no function' } };
    const { config } = recorded['transformers resnet50'];
    for (const [field, given] of [
      ['num_classes', timm],
      ['hidden_act', config],
      ['layer_type', config],
      ['num_channels', config],
    ] as const) {
      const text = JSON.stringify({ ...given, [field]: hostile });
      expect(() => parseHubConfig(text, 'config.json')).toThrow(
        expect.objectContaining({ name: 'WeightsError', received: expect.not.stringContaining('[object') }),
      );
    }
    const prepared = JSON.stringify({ image_processor_type: hostile, resample: hostile });
    expect(parseHubConfig(JSON.stringify(config), 'config.json', prepared).preprocessing).toBeUndefined();
  });

  it('of timm says how its pictures are prepared', () => {
    const config = {
      ...timm,
      architecture: 'resnet50.a1_in1k',
      label_names: Array.from({ length: 10 }, (_, i) => `n${i}`),
      pretrained_cfg: {
        input_size: [3, 224, 224],
        interpolation: 'bicubic',
        crop_pct: 0.95,
        mean: [0.5, 0.5, 0.5],
        std: [0.25, 0.25, 0.25],
      },
    };
    expect(parseHubConfig(JSON.stringify(config), 'config.json')).toEqual({
      model: 'resnet50',
      numClasses: 10,
      channels: 3,
      classNames: config.label_names,
      preprocessing: {
        size: [224, 224],
        resize: 235,
        interpolation: 'bicubic',
        mean: [0.5, 0.5, 0.5],
        standardDeviation: [0.25, 0.25, 0.25],
      },
    });
  });

  it.each([
    [
      'another architecture of the same names and shapes',
      { ...timm, architecture: 'resnetblur50' },
      /"resnetblur50".*computes something else/,
    ],
    [
      'an older squeeze and excitation',
      { ...timm, architecture: 'legacy_seresnet50' },
      /"legacy_seresnet50"/,
    ],
    ["timm's other VGG", { ...timm, architecture: 'vgg16_bn' }, /"vgg16_bn"/],
    [
      'arguments that make it another',
      { ...timm, model_args: { aa_layer: 'blur' } },
      /"resnet50 with aa_layer"/,
    ],
    ['a transformer', { model_type: 'vit' }, /"vit"/],
    [
      'a stride on the 1x1',
      { ...recorded['transformers resnet50'].config, downsample_in_bottleneck: true },
      /downsample_in_bottleneck/,
    ],
    [
      'other depths',
      { ...recorded['transformers resnet50'].config, depths: [1, 1, 1, 1] },
      /depths \[1, 1, 1, 1\]/,
    ],
    ['no architecture', { hidden: 7 }, /an architecture of timm/],
    ['no number of classes', { architecture: 'resnet50' }, /num_classes/],
  ])('with %s is refused', (_, config, message) => {
    expect(() => parseHubConfig(JSON.stringify(config), 'config.json')).toThrow(message);
  });
});
