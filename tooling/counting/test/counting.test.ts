import { TrainingBackend } from '@residual/backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { countStep, installMockDevice } from '../src/index.ts';

const { counts, device, info } = installMockDevice();
/** Pictures and labels of a batch; and the learning rate and the shapes that tfjs's own kernels are told each time. */
const inputBytes = (batch: number, channels: number) => 4 * batch * (28 * 28 * channels + 1) + 8192;

beforeAll(async () => {
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new TrainingBackend(device, info));
  expect(await tf.setBackend('webgpu')).toBe(true);
});

it("keeps the chapter's step within its limits", { timeout: 240_000 }, async () => {
  const step = await countStep({ model: 'd2l-resnet18', batchSize: 128 }, counts);
  process.stdout.write(`${JSON.stringify({ ...step, kernels: [...step.kernels] })}\n`);
  expect(step.dispatches).toBeLessThanOrEqual(165);
  expect(step.submits).toBeLessThanOrEqual(6);
  expect(step.boundBytes).toBeLessThanOrEqual(4.1e9);
  expect(step.memoryBytes).toBeLessThanOrEqual(1.2e9);
  expect(step.uploadedBytes).toBeLessThanOrEqual(inputBytes(128, 1));
});

it('binds a quarter less with activations in float16', { timeout: 240_000 }, async () => {
  const backend = tf.backend() as unknown as TrainingBackend;
  backend.activations = 'float16';
  const step = await countStep({ model: 'd2l-resnet18', batchSize: 128 }, counts);
  backend.activations = 'float32';
  expect(step.dispatches).toBeLessThanOrEqual(165);
  expect(step.boundBytes).toBeLessThanOrEqual(3.1e9);
});

it("keeps ResNet-50's step within its limit", { timeout: 240_000 }, async () => {
  const step = await countStep({ model: 'resnet50', batchSize: 32 }, counts);
  process.stdout.write(`${JSON.stringify({ ...step, kernels: [...step.kernels] })}\n`);
  expect(step.dispatches).toBeLessThanOrEqual(600);
  expect(step.uploadedBytes).toBeLessThanOrEqual(inputBytes(32, 3));
});
