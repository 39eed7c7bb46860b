import '@tensorflow/tfjs-backend-cpu';
import { dispose, init, parameters } from '@residual/blocks';
import { bottleneck, cifarStem, ResNet } from '@residual/models';
import { softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConvolutionFacts, floatOperations } from '../src/peers/convolutionLayers.ts';
import { profileSteps } from '../src/peers/profile.ts';
import { convolutionTable, kernelTable } from '../src/profileTable.ts';
import type { StepProfile } from '../src/protocol.ts';

describe('profileSteps', () => {
  let profile: StepProfile;
  let model: ResNet;
  const x = () => tf.ones<tf.Rank.R4>([2, 6, 6, 1]);

  beforeAll(async () => {
    await tf.setBackend('cpu');
    const architecture = [[1, 4], [1, 8]] as const; // biome-ignore format: an architecture
    const block = bottleneck({ groups: 2, baseWidth: 32 });
    model = init(new ResNet({ stem: cifarStem(4), architecture, block, numClasses: 3 }), [2, 6, 6, 1], {
      seed: 0,
    });
    async function run(steps: number) {
      for (let i = 0; i < steps; i++) {
        tf.tidy(() => {
          const labels = tf.tensor1d([0, 1], 'int32');
          const loss = () => softmaxCrossEntropy(model.forward(x(), 'train'), labels);
          tf.variableGrads(loss, parameters(model));
        });
      }
    }
    await run(1);
    profile = await profileSteps({ model, parameters: 0, run }, 2, {
      algorithmOf: ({ direction }) => `by ${direction}`,
    });
  });
  afterAll(() => dispose(model));

  it('names every convolution in every direction, and how it was computed', () => {
    const lines = profile.convolutions.map(({ layer, direction, algorithm }) => {
      expect(algorithm).toBe(`by ${direction}`);
      return `${layer} ${direction}`;
    });
    const layers = [
      ...['stages.0.0.conv1', 'stages.0.0.conv2', 'stages.0.0.conv3', 'stages.0.0.shortcut.conv'],
      ...['stages.1.0.conv1', 'stages.1.0.conv2', 'stages.1.0.conv3', 'stages.1.0.shortcut.conv'],
    ];
    const expected = ['forward', 'inputGradient', 'filterGradient'].flatMap((direction) =>
      layers.map((layer) => `${layer} ${direction}`),
    );
    // The pictures have no gradient.
    expected.push('stem.conv forward', 'stem.conv filterGradient');
    expect(lines.sort()).toEqual(expected.sort());
  });

  it('tells two layers with the same input apart, and knows groups and strides', () => {
    const find = (layer: string, direction: string) =>
      profile.convolutions.find((one) => one.layer === layer && one.direction === direction);
    expect(find('stages.1.0.shortcut.conv', 'filterGradient')).toMatchObject({
      inputShape: [2, 6, 6, 16],
      filterShape: [1, 1, 16, 32],
      stride: [2, 2],
    });
    expect(find('stages.1.0.conv2', 'filterGradient')).toMatchObject({
      inputShape: [2, 6, 6, 8],
      filterShape: [3, 3, 4, 8],
      stride: [2, 2],
      groups: 2,
    });
  });

  it('counts kernels and the bytes of their tensors, not what the outer ones are made of', () => {
    const kernels = new Map(profile.kernels.map((kernel) => [kernel.kernel, kernel]));
    expect(kernels.get('residual/conv2d')?.calls).toBe(9);
    expect(kernels.has('Conv2D')).toBe(false);
    expect(kernels.get('residual/globalAveragePool')?.bytes).toBe(4 * (2 * 3 * 3 * 32 + 2 * 32));
    expect(kernels.get('Identity')?.bytes).toBe(0);
    const sum = profile.kernels.reduce((total, { milliseconds }) => total + milliseconds, 0);
    expect(sum).toBeLessThan(profile.milliseconds);
  });

  it('leaves the kernels as they were', () => {
    const names = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('residual/conv2d');
  });
});

describe('a step that plays what is recorded', () => {
  const work = { model: undefined as never, parameters: 0, isRecorded: true };

  it('is told whole, and what of it is no kernel, where nobody sees the single ones', async () => {
    let steps = 0;
    const run = async (count: number) => {
      steps += count;
    };
    const timeKernels = async (step: () => Promise<void>) => {
      await step();
      const start = performance.now();
      while (performance.now() - start < 2);
      return performance.now() - start;
    };
    const profile = await profileSteps({ ...work, run }, 3, { timeKernels });
    expect(profile).toMatchObject({ kernels: [], milliseconds: profile.recordedMilliseconds });
    expect(profile.milliseconds).toBeGreaterThanOrEqual(2);
    expect(profile.recordedJavaScript).toBeLessThan(profile.milliseconds - 1.9);
    expect(steps).toBeGreaterThanOrEqual(6);
  });

  it('is told without that where its backend can not say', async () => {
    const profile = await profileSteps({ ...work, run: async () => {} }, 3);
    expect(Object.keys(profile).sort()).toEqual([
      'convolutions',
      'kernels',
      'milliseconds',
      'recordedMilliseconds',
    ]);
  });
});

const facts: ConvolutionFacts = {
  layer: 'conv',
  direction: 'forward',
  inputShape: [2, 8, 6, 4],
  filterShape: [3, 3, 4, 16],
  stride: [2, 1],
  padding: [1, 1],
  groups: 1,
};

it('counts the float operations of a direct convolution', () => {
  expect(floatOperations(facts)).toBe(2 * (2 * 4 * 6 * 16) * (3 * 3 * 4));
});

describe('tables', () => {
  const profile: StepProfile = {
    milliseconds: 100,
    kernels: [{ kernel: 'residual/conv2d', calls: 2, milliseconds: 75, bytes: 2.5e9 }],
    convolutions: [
      { ...facts, algorithm: 'fast', milliseconds: 2, floatOperations: 4e8 },
      { ...facts, direction: 'filterGradient', algorithm: 'slow', milliseconds: 8, floatOperations: 4e8 },
      { ...facts, layer: 'other', stride: [1, 1], milliseconds: 2, floatOperations: 4e8 },
    ],
  };

  it('show a convolution on a line', () => {
    expect(convolutionTable(profile).rows).toEqual([
      ['conv', '8x6x4 -> 16, 3x3, stride 2', 'fast 2.0 ms 200 GFLOPS', '', 'slow 8.0 ms 50 GFLOPS'],
      ['other', '8x6x4 -> 16, 3x3', '2.0 ms 200 GFLOPS', '', ''],
      ['all', '', '4.0 ms 200 GFLOPS', '', '8.0 ms 50 GFLOPS'],
    ]);
  });

  it('show what the kernels take of a step, and what is left', () => {
    expect(kernelTable(profile).rows).toEqual([
      ['residual/conv2d', '2', '75.0', '75.0 %', '2.50'],
      ['between the kernels', '', '25.0', '25.0 %', ''],
      ['the step', '', '100.0', '100.0 %', ''],
    ]);
    const recorded = { ...profile, recordedMilliseconds: 80, recordedJavaScript: 2 };
    expect(kernelTable(recorded).rows.slice(-2)).toEqual([
      ['a step as it is recorded', '', '80.0', '80.0 %', ''],
      ['of that one, between the kernels', '', '2.0', '2.5 %', ''],
    ]);
    expect(kernelTable({ ...recorded, kernels: [] }).rows).toHaveLength(2);
  });
});
