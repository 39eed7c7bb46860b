import { createHash } from 'node:crypto';
import { dispose, parameters, predict, stateDict, stateShapes } from '@residual/blocks';
import type { Task } from '@residual/data';
import { findModel } from '@residual/models';
import { fallbacksDuring } from '@residual/ops';
import type { Classifier } from '@residual/trainer';
import { type StoredTensor, torchvisionTensors } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { loadWeights } from '../src/index.js';
import { formulaFile, uniform } from './formulaFile.js';
import './onSimd.js';

/** What tooling/fixtures records of a network: `torchvision_logits.py`, `family_logits.py`. */
export interface RecordedNetwork {
  /** Of the pictures. */
  side?: number;
  /** Of its tensors' names and shapes. */
  sha256: string;
  /** Of the pictures. */
  seed: number;
  logits: number[][];
  gradient: { norm: number; products: number[]; float32Error: number };
}

// Of both fixtures, but for the networks that say otherwise.
const [batch, channels, SIDE] = [2, 3, 64] as const;

/** The pictures [B, H, W, C] of the fixture, which counts them as [B, C, H, W]. */
function pictures(seed: number, side: number): tf.Tensor4D {
  const values = Float32Array.from(uniform(`x ${seed}`, batch * channels * side * side));
  return tf.tidy(() => tf.transpose(tf.tensor4d(values, [batch, channels, side, side]), [0, 2, 3, 1]));
}

const task: Task = {
  version: 1,
  picture: { height: SIDE, width: SIDE, channels },
  steps: [],
  normalize: null,
  classNames: Array.from({ length: 10 }, (_, i) => `class ${i}`),
  data: { name: 'formula' },
};

/** The gradient of the logits' sum, weighted by `dy`, in eval mode: by PyTorch's names, in its layout. No kernel may be another backend's. */
async function gradientsOf(model: Classifier, x: tf.Tensor4D): Promise<Map<string, StoredTensor>> {
  const trained = new Set(parameters(model));
  let grads: tf.NamedTensorMap = {};
  const fallen = fallbacksDuring(() => {
    const computed = tf.variableGrads(() => {
      const y = model.forward(x, 'eval');
      const dy = tf.tensor2d(Float32Array.from(uniform('dy', y.size)), [y.size, 1]);
      return tf.reshape(tf.matMul(tf.reshape(y, [1, y.size]), dy), []) as tf.Scalar;
    }, [...trained]);
    computed.value.dispose();
    ({ grads } = computed);
  });
  expect(fallen).toEqual([]);
  const stored = new Map<string, StoredTensor>();
  for (const [path, variable] of stateDict(model)) {
    const { shape } = variable;
    // The running statistics have none, but say by their paths what network it is.
    const data = trained.has(variable)
      ? await grads[variable.name]!.data<'float32'>()
      : new Float32Array(variable.size);
    stored.set(path, { dtype: 'F32', shape, read: async () => ({ dtype: 'F32', shape, data }) });
  }
  tf.dispose(grads);
  return torchvisionTensors(stored);
}

/** How far a gradient is from the recorded one, told by its products with the directions of the formula. */
async function distanceOf(
  recorded: readonly number[],
  gradient: ReadonlyMap<string, StoredTensor>,
): Promise<number> {
  const products = recorded.map(() => 0);
  for (const [name, tensor] of gradient) {
    const values = (await tensor.read()).data as Float32Array;
    if (values.every((value) => value === 0)) continue;
    for (const k of products.keys()) {
      const direction = uniform(`${name} ${k}`, values.length);
      for (let i = 0; i < values.length; i++) products[k]! += values[i]! * direction[i]!;
    }
  }
  const squares = products.map((product, k) => (product - recorded[k]!) ** 2);
  return Math.sqrt((3 * squares.reduce((sum, square) => sum + square, 0)) / squares.length);
}

/** Makes sure that a network of ours with PyTorch's tensors gives PyTorch's logits and gradients. */
export async function expectPyTorchsLogits(
  network: string,
  { side = SIDE, sha256, seed, logits, gradient }: RecordedNetwork,
  order: (lines: string[]) => string[] = (lines) => lines,
): Promise<void> {
  const shapes = stateShapes(findModel(network).create({ numClasses: 10 }), [1, side, side, channels]);
  const file = formulaFile(shapes);
  const lines = [...file.tensors].map(([tensor, { shape }]) => `${tensor} ${shape}\n`);
  expect(createHash('sha256').update(order(lines).join('')).digest('hex')).toBe(sha256);

  const { model, report } = await loadWeights(file, { task, model: { name: network } });
  expect(report).toMatchObject({ names: 'torchvision', missing: [], unexpected: [], misshapen: [] });
  const x = pictures(seed, side);
  const y = predict(model, x);
  const values = await y.data();
  const expected = logits.flat();
  const largest = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...expected.map((logit, i) => Math.abs(logit - values[i]!)));
  expect(difference / largest).toBeLessThan(1e-5);

  const distance = await distanceOf(gradient.products, await gradientsOf(model, x));
  tf.dispose([x, y]);
  dispose(model);
  // Where a ReLU's gate is decided by rounding, PyTorch's own float32 is as far off.
  expect(distance / gradient.norm).toBeLessThan(Math.max(1e-5, 2 * gradient.float32Error));
}
