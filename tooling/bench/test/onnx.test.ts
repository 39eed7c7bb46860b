import '@tensorflow/tfjs-backend-cpu';
import { GlobalAveragePool, init, predict, ReLU, Sequential } from '@residual/blocks';
import { basicBlock, cifarStem, d2lResNet, dispose, ResNet } from '@residual/models';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-web';
import { beforeAll, expect, it } from 'vitest';
import { encodeOnnx } from '../src/onnx/encode.ts';
import { traceOnnx } from '../src/onnx/trace.ts';

beforeAll(() => tf.setBackend('cpu'));
ort.env.wasm.numThreads = 1;

const numClasses = 3;
it.each([
  ["the chapter's form", () => d2lResNet([[1, 4], [1, 8]], { numClasses })], // biome-ignore format: an architecture
  [
    "torchvision's form",
    () => new ResNet({ stem: cifarStem(4), architecture: [[1, 4], [1, 8]], block: basicBlock(), numClasses }), // biome-ignore format: an architecture
  ],
])('onnxruntime computes the same logits of %s', async (_, create) => {
  const before = tf.memory().numTensors;
  const shape: [number, number, number, number] = [2, 15, 17, 2];
  const model = init(create(), shape, { seed: 3 });
  const x = tf.tensor4d(uniforms({ seed: 0, purpose: 'x' }, 2 * 15 * 17 * 2), shape);
  const logits = tf.tidy(() => predict(model, x).dataSync());
  const graph = traceOnnx(model, x);
  const transposed = tf.tidy(() => tf.transpose(x, [0, 3, 1, 2]).dataSync());
  tf.dispose(x);
  dispose(model);
  expect(tf.memory().numTensors).toBe(before);

  const session = await ort.InferenceSession.create(encodeOnnx(graph), { executionProviders: ['wasm'] });
  const input = new ort.Tensor('float32', transposed as Float32Array, graph.input.shape);
  const output = (await session.run({ [graph.input.name]: input }))[graph.output.name]!;
  expect(output.dims).toEqual([2, numClasses]);
  const values = output.data as Float32Array;
  for (const [i, value] of logits.entries()) expect(values[i]).toBeCloseTo(value, 4);
});

it('refuses what is not an operation of @residual/ops, which would become a constant', () => {
  const model = init(
    new Sequential<tf.Tensor4D, tf.Tensor2D>(new ReLU(), new GlobalAveragePool()),
    [1, 2, 2, 1],
    { seed: 0 },
  );
  const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
  expect(() => traceOnnx(model, x)).toThrow('expected only operations of @residual/ops');
  x.dispose();
});
