import '@tensorflow/tfjs-backend-cpu';
import { GlobalAveragePool, Linear, Sequential } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basicBlock, bottleneck, chapterBlock } from './blockType.js';
import { d2lResNet, d2lResNet18, resnet18, resnet20, resnext50_32x4d } from './factories.js';
import { Head } from './head.js';
import { dispose, init, layerSummary, parameters, predict, stateDict } from './index.js';
import { ResNet } from './resNet.js';
import { cifarStem, imageNetStem, Stem } from './stem.js';

beforeAll(() => tf.setBackend('cpu'));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

const tiny = () =>
  new ResNet({
    stem: cifarStem(2),
    architecture: [
      [1, 2],
      [1, 4],
    ],
    block: basicBlock(),
    numClasses: 2,
  });

/** Paths and shapes of the state. */
function stateOf(model: ResNet, inputShape: number[]): Record<string, number[]> {
  init(model, inputShape, { seed: 0 });
  const state = Object.fromEntries([...stateDict(model)].map(([path, { shape }]) => [path, shape]));
  dispose(model);
  return state;
}

describe('the chapter', () => {
  it('prints its six shapes', () => {
    const { layers, parameters } = layerSummary(d2lResNet18(), [1, 96, 96, 1]);
    expect(layers.map(({ path, outputShape }) => [path, outputShape])).toEqual([
      ['stem', [1, 24, 24, 64]],
      ['stages.0', [1, 24, 24, 64]],
      ['stages.1', [1, 12, 12, 128]],
      ['stages.2', [1, 6, 6, 256]],
      ['stages.3', [1, 3, 3, 512]],
      ['head', [1, 10]],
    ]);
    expect(parameters).toBe(11_178_378);
  });

  it('starts Xavier-uniform, with biases like PyTorch', () => {
    const model = init(d2lResNet([[1, 8], [1, 16]]), [1, 24, 24, 1], { seed: 0 }); // biome-ignore format: an architecture
    const state = stateDict(model);
    const bound = (path: string) => tf.tidy(() => tf.max(tf.abs(state.get(path)!)).dataSync()[0]!);
    const xavier = Math.sqrt(6 / (9 * (8 + 8)));
    expect(bound('stages.0.0.conv1.weight')).toBeLessThanOrEqual(xavier);
    expect(bound('stages.0.0.conv1.weight')).toBeGreaterThan(0.95 * xavier);
    expect(bound('stages.1.0.shortcut.bias')).toBeLessThanOrEqual(1 / Math.sqrt(8));
    expect(bound('stages.1.0.shortcut.bias')).toBeGreaterThan(0.5 / Math.sqrt(8));
    dispose(model);
  });
});

it.each([
  ['Head', Head],
  ['ResNet', ResNet],
  ['Stem', Stem],
])('%s states its name, which a minified program would change', (name, part) => {
  // What the language gives a class is not enumerable.
  expect(Object.getOwnPropertyDescriptor(part, 'name')).toMatchObject({ value: name, enumerable: true });
});

describe('paths', () => {
  it("are those of the chapter's network", () => {
    const state = stateOf(d2lResNet([[1, 4], [2, 8]]), [1, 16, 16, 3]); // biome-ignore format: an architecture
    expect(state).toMatchObject({
      'stem.conv.weight': [7, 7, 3, 4],
      'stem.conv.bias': [4],
      'stem.bn.runningVariance': [4],
      'stages.0.0.conv2.weight': [3, 3, 4, 4],
      'stages.1.0.shortcut.weight': [1, 1, 4, 8],
      'stages.1.1.bn2.offset': [8],
      'head.linear.weight': [8, 10],
      'head.linear.bias': [10],
    });
    expect(Object.keys(state).filter((path) => path.includes('shortcut.bn'))).toEqual([]);
  });

  it("are those of torchvision's form", () => {
    const block = bottleneck({ groups: 2, baseWidth: 32 });
    const model = new ResNet({
      stem: imageNetStem(4, { bias: false }),
      architecture: [
        [1, 4],
        [1, 8],
      ],
      block,
      numClasses: 3,
    });
    const state = stateOf(model, [1, 16, 16, 3]);
    expect(state).toMatchObject({
      'stages.0.0.shortcut.conv.weight': [1, 1, 4, 16], // the stride is 1, but the channels change
      'stages.0.0.conv2.weight': [3, 3, 2, 4],
      'stages.1.0.shortcut.bn.runningMean': [32],
      'stages.1.0.bn3.scale': [32],
      'head.linear.weight': [32, 3],
    });
    expect(Object.keys(state).filter((path) => path.endsWith('.bias'))).toEqual(['head.linear.bias']);
  });

  it('have a shortcut only where the shape changes', () => {
    const shortcuts = (model: ResNet) =>
      model.stages.flatMap((stage, i) =>
        stage.layers.flatMap((layer, j) => ('shortcut' in layer && layer.shortcut ? [`${i}.${j}`] : [])),
      );
    expect(shortcuts(resnet18())).toEqual(['1.0', '2.0', '3.0']);
    expect(shortcuts(resnext50_32x4d())).toEqual(['0.0', '1.0', '2.0', '3.0']);
    expect(shortcuts(resnet20())).toEqual(['1.0', '2.0']);
  });
});

describe('resnet20', () => {
  it('starts with every block passing its input on', () => {
    const model = init(resnet20({ numClasses: 3 }), [1, 28, 28, 1], { seed: 0 });
    const scales = [...stateDict(model)].filter(([path]) => path.endsWith('.scale'));
    const starts = scales.map(([path, scale]) => [path.split('.').at(-2), scale.dataSync()[0]]);
    expect(starts.filter(([bn]) => bn === 'bn2').map(([, value]) => value)).toEqual(Array(9).fill(0));
    expect(starts.filter(([bn]) => bn !== 'bn2').map(([, value]) => value)).toEqual(Array(12).fill(1));
    expect(stateDict(model).get('head.linear.weight')?.shape).toEqual([64, 3]);
    dispose(model);
  });
});

describe('a loop of one’s own', () => {
  it("learns with tfjs's Adam, and leaks nothing", () => {
    const model = init(tiny(), [1, 6, 6, 1], { seed: 0 });
    const x = tf.randomNormal<tf.Rank.R4>([4, 6, 6, 1], 0, 1, 'float32', 1);
    const labels = tf.oneHot([0, 1, 1, 0], 2);
    const optimizer = tf.train.adam(0.02);
    const step = () => {
      const cost = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(labels, model.forward(x, 'train')),
        true,
        parameters(model),
      )!;
      const [loss] = cost.dataSync();
      cost.dispose();
      return loss!;
    };
    const first = step();
    const held = tf.memory().numTensors; // with the optimiser's two averages a parameter
    let last = first;
    for (let i = 0; i < 10; i++) last = step();
    expect(tf.memory().numTensors).toBe(held);
    expect(last).toBeLessThan(first / 2);
    expect(stateDict(model).get('stem.bn.runningMean')?.dataSync()).not.toEqual(new Float32Array(2));
    optimizer.dispose();
    tf.dispose([x, labels]);
    dispose(model);
  });

  it('gives the trunk gradients through every block', () => {
    const model = init(tiny(), [1, 6, 6, 1], { seed: 0 });
    const x = tf.randomNormal<tf.Rank.R4>([2, 6, 6, 1], 0, 1, 'float32', 1);
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.square(model.forward(x, 'train'))) as tf.Scalar,
      parameters(model),
    );
    expect(Object.keys(grads)).toHaveLength(parameters(model).length);
    expect(Object.values(grads).filter((gradient) => gradient.dataSync().some((g) => g !== 0))).toHaveLength(
      parameters(model).length,
    );
    tf.dispose([value, grads, x]);
    dispose(model);
  });
});

describe('the head', () => {
  it('is injected like the stem', () => {
    const model = new ResNet({
      stem: cifarStem(2),
      architecture: [[1, 4]],
      block: basicBlock(),
      head: new Sequential<tf.Tensor4D, tf.Tensor2D>(new GlobalAveragePool(), new Linear(7), new Linear(3)),
    });
    const { layers } = layerSummary(model, [2, 6, 6, 1]);
    expect(layers.at(-1)).toMatchObject({ path: 'head', name: 'Sequential', outputShape: [2, 3] });
    expect(stateOf(model, [1, 6, 6, 1])).toMatchObject({ 'head.1.weight': [4, 7], 'head.2.bias': [3] });
  });

  it('can be a new one on a trained trunk', () => {
    const model = init(tiny(), [1, 6, 6, 1], { seed: 0 });
    const trunk = stateDict(model).get('stages.1.0.conv1.weight')!;
    const trained = trunk.dataSync();
    dispose(model.head);
    model.head = new Head(5);
    init(model, [1, 6, 6, 1], { seed: 9 });
    expect(stateDict(model).get('stages.1.0.conv1.weight')).toBe(trunk);
    expect(trunk.dataSync()).toEqual(trained);
    const x = tf.ones<tf.Rank.R4>([2, 6, 6, 1]);
    const logits = predict(model, x);
    expect(logits.shape).toEqual([2, 5]);
    tf.dispose([x, logits]);
    dispose(model);
  });
});

describe('two models', () => {
  it('live side by side, and predict what their own weights say', () => {
    const [a, b, c] = [0, 0, 1].map((seed) => init(tiny(), [1, 6, 6, 1], { seed })) as [
      ResNet,
      ResNet,
      ResNet,
    ];
    const x = tf.ones<tf.Rank.R4>([1, 6, 6, 1]);
    const logits = [a, b, c].map((model) => predict(model, x));
    const [fromA, fromB, fromC] = logits.map((tensor) => tensor.dataSync());
    expect(fromA).toEqual(fromB);
    expect(fromA).not.toEqual(fromC);
    tf.dispose([x, ...logits]);
    for (const model of [a, b, c]) dispose(model);
  });
});

describe('chapterBlock', () => {
  it('gives its strides and 1x1 convolution to Residual', () => {
    const block = chapterBlock.create({ channels: 6, stride: 2, projection: true });
    const summary = layerSummary(block, [4, 6, 6, 3]);
    expect(summary.layers.map(({ path, outputShape }) => [path, outputShape])).toContainEqual([
      'bn2',
      [4, 3, 3, 6],
    ]);
    expect(summary.layers.map(({ path }) => path)).toContain('shortcut');
  });
});
