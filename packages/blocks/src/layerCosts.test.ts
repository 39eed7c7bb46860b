import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { layerCosts, mermaidOf } from './layerCosts.js';
import { BatchNorm2d } from './layers/batchNorm2d.js';
import { Conv2d } from './layers/conv2d.js';
import { Linear } from './layers/linear.js';
import { GlobalAveragePool } from './layers/pooling.js';
import { Sequential } from './layers/sequential.js';
import { BasicBlock } from './residual/basicBlock.js';
import { EfficientChannelAttention } from './residual/gates.js';

beforeAll(() => tf.setBackend('cpu'));

describe('layerCosts', () => {
  it('counts each weight once for each place of the output, and each output once', () => {
    const before = tf.memory().numTensors;
    const model = new Sequential(
      new Conv2d(4, 3, { padding: 1, stride: 2, groups: 2 }),
      new BasicBlock(4),
      new GlobalAveragePool(),
      new Linear(5),
    );
    const { layers, ...whole } = layerCosts(model, [2, 6, 8, 2]);
    const places = 2 * 3 * 4;
    expect(layers.map(({ path, multiplications }) => [path, multiplications])).toEqual([
      ['0', places * 9 * 1 * 4],
      ['1', 2 * places * 9 * 4 * 4],
      ['2', 0],
      ['3', 2 * 4 * 5],
    ]);
    // A block's output is its last normalisation's, which adds the shortcut: four maps, not five.
    expect(layers.map(({ activationBytes }) => activationBytes / 4)).toEqual([
      places * 4,
      4 * places * 4,
      2 * 4,
      2 * 5,
    ]);
    expect(whole.multiplications).toBe(places * 36 + 2 * places * 144 + 40);
    expect(whole.activationBytes).toBe(4 * (5 * places * 4 + 8 + 10));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('knows layers whose weight is no filter, and leaves out what multiplies each value by one number', () => {
    const model = new Sequential(new BatchNorm2d(), new EfficientChannelAttention(8));
    expect(layerCosts(model, [1, 4, 4, 8]).multiplications).toBe(3 * 8);
  });

  it('is drawn for Mermaid', () => {
    const costs = layerCosts(new Sequential(new GlobalAveragePool(), new Linear(500)), [1, 4, 4, 3]);
    expect(mermaidOf(costs, [1, 4, 4, 3]).split('\n')).toEqual([
      'flowchart TD',
      '  input(["pictures"])',
      '  layer0["<b>0</b> GlobalAveragePool<br/>0 parameters<br/>0 multiplications"]',
      '  layer1["<b>1</b> Linear<br/>2,000 parameters<br/>1,500 multiplications"]',
      '  output(["logits"])',
      '  input -->|"1 x 4 x 4 x 3"| layer0',
      '  layer0 -->|"1 x 3"| layer1',
      '  layer1 -->|"1 x 500"| output',
    ]);
  });
});
