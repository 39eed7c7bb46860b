import '@residual/backend-simd';
import { dispose, init, Linear, type Mode, Module, Sequential } from '@residual/blocks';
import { basicBlock, cifarStem, models, ResNet } from '@residual/models';
import { familyModels } from '@residual/models/family';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { architectureOf } from './architecture.js';

beforeAll(async () => void (await tf.setBackend('simd')));

const zeros = () => (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));
const described = (model: Module) => {
  init(model, [1, 32, 32, 3], { seed: 0, initializer: zeros });
  try {
    return architectureOf(model);
  } finally {
    dispose(model);
  }
};

describe('architectureOf', () => {
  it('describes every network of the list, with all of its numbers', () => {
    const small = Object.values(models).filter(({ name }) => !/101|152|wide/.test(name));
    for (const { create } of small) {
      const model = create({ numClasses: 7 });
      const { classes, layers } = described(model);
      expect(classes).toBe(7);
      expect(layers[0]).toMatchObject({ path: 'stem.conv', type: 'conv2d', inputs: 3 });
      expect(layers.at(-1)).toMatchObject({ path: 'head.linear', type: 'linear', channels: 7 });
    }
  });

  it('describes those of the family that are wired alike, with gates and shortcuts of other kinds', () => {
    const rows = (name: keyof typeof familyModels) =>
      described(familyModels[name].create({ numClasses: 2 })).layers;
    expect(rows('cifar-resnet32')).toContainEqual({
      ...{ path: 'stages.1.0.shortcut', type: 'paddedShortcut', channels: 32, stride: [2, 2] },
    });
    const deep = rows('seresnext26d-32x4d');
    expect(deep).toContainEqual({ path: 'stages.1.0.shortcut.pool', type: 'averagePool2d', stride: [2, 2] });
    const gate = { type: 'linear', inputs: 256, channels: 16, bias: true };
    expect(deep).toContainEqual({ path: 'stages.0.0.gate.fc1', ...gate });
    expect(deep.map(({ path }) => path)).toEqual(expect.arrayContaining(['stem.conv2', 'stem.conv']));
    for (const [name, received] of [
      ['cifar-plain20', 'PlainBlock'],
      ['wrn-16-4', 'BareStem'],
    ] as const) {
      expect(() => rows(name)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED', received }));
    }
  });

  it('counts the input channels of all groups', () => {
    const { layers } = described(models['resnext50-32x4d'].create({ numClasses: 2 }));
    expect(layers.find(({ path }) => path === 'stages.0.0.conv2')).toEqual({
      path: 'stages.0.0.conv2',
      type: 'conv2d',
      inputs: 128,
      channels: 128,
      kernelSize: [3, 3],
      stride: [1, 1],
      padding: [1, 1],
      groups: 32,
      bias: false,
    });
  });

  it("keeps what differs in the chapter's: biases, a bare shortcut, a pool", () => {
    const { layers } = described(models['d2l-resnet18'].create());
    expect(layers.find(({ path }) => path === 'stages.1.0.shortcut')).toMatchObject({
      type: 'conv2d',
      bias: true,
    });
    expect(layers.find(({ path }) => path === 'stem.pool')).toMatchObject({
      stride: [2, 2],
      padding: [1, 1],
    });
  });

  it('refuses a module that is wired in another way, by its path', () => {
    class Scaled extends Module<tf.Tensor4D, tf.Tensor4D> {
      static override readonly name = 'Scaled';
      readonly channels = 4;
      readonly stem = cifarStem(4);
      forward(x: tf.Tensor4D, mode: Mode) {
        return tf.mul<tf.Tensor4D>(this.stem.forward(x, mode), 2);
      }
    }
    const own = new ResNet({
      stem: new Scaled(),
      architecture: [[1, 4]],
      block: basicBlock(),
      numClasses: 2,
    });
    expect(() => described(own)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', where: 'training.model: stem', received: 'Scaled' }),
    );
  });

  it('refuses a subclass, and known layers in other places', () => {
    class Mine extends ResNet {
      static override readonly name = 'Mine';
    }
    const options = { stem: cifarStem(4), architecture: [[1, 4]] as const, block: basicBlock() };
    expect(() => described(new Mine({ ...options, stem: cifarStem(4), numClasses: 2 }))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', received: 'Mine' }),
    );
    class Flat extends Module<tf.Tensor4D, tf.Tensor2D> {
      static override readonly name = 'Flat';
      forward = (x: tf.Tensor4D) => tf.mean<tf.Tensor2D>(x, [1, 2]);
    }
    const head = new Sequential<tf.Tensor4D, tf.Tensor2D>(new Flat(), new Linear(2));
    expect(() => described(new ResNet({ ...options, stem: cifarStem(4), head }))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', received: 'Flat' }),
    );
  });
});
