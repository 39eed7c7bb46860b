import { createHash } from 'node:crypto';
import { dispose, predict, stateShapes } from '@residual/blocks';
import type { Task } from '@residual/data';
import { findModel } from '@residual/models';
import { architectureOf, networkOf } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import recorded from '../fixtures/torchvision.json' with { type: 'json' };
import { loadWeights } from '../src/index.js';
import { formulaFile, uniform } from './formulaFile.js';
import './onSimd.js';

// Written by tooling/fixtures/torchvision_logits.py with PyTorch 2.15.0, torchvision 0.29.2 and timm 1.0.31.
const [batch, channels, height, width] = recorded.inputShape as [number, 3, number, number];

/** The pictures [B, H, W, C] of the fixture, which counts them as [B, C, H, W]. */
function pictures(): tf.Tensor4D {
  const values = Float32Array.from(uniform('x', batch * channels * height * width));
  return tf.tidy(() => tf.transpose(tf.tensor4d(values, [batch, channels, height, width]), [0, 2, 3, 1]));
}

const task: Task = {
  version: 1,
  picture: { height, width, channels },
  steps: [],
  normalize: null,
  classNames: Array.from({ length: 10 }, (_, i) => `class ${i}`),
  data: { name: 'formula' },
};

/** Tests that a network with torchvision's tensors gives torchvision's logits. */
export function itGivesTorchvisionsLogits(names: readonly (keyof typeof recorded.networks)[]): void {
  it.each(names)("%s: names, shapes and logits are torchvision's", async (name) => {
    const { sha256, logits } = recorded.networks[name];
    const network = networkOf(name)!;
    expect(architectureOf(network)).toBe(name);
    const shapes = stateShapes(findModel(network).create({ numClasses: 10 }), [1, height, width, channels]);
    const file = formulaFile(shapes);
    const lines = [...file.tensors].map(([tensor, { shape }]) => `${tensor} ${shape}\n`);
    expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(sha256);

    const { model, report } = await loadWeights(file, { task, model: { name: network } });
    expect(report).toMatchObject({ names: 'torchvision', missing: [], unexpected: [], misshapen: [] });
    const x = pictures();
    const y = predict(model, x);
    const values = await y.data();
    tf.dispose([x, y]);
    dispose(model);
    const expected = logits.flat();
    const largest = Math.max(...expected.map(Math.abs));
    const difference = Math.max(...expected.map((logit, i) => Math.abs(logit - values[i]!)));
    expect(difference / largest).toBeLessThan(1e-5);
  });
}
