import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fashionMnistTask } from '@residual/fashion-mnist';
import { decodeModel, parseRunConfig, requirePieces } from '@residual/runs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const runs = join(root, 'docs', 'runs');
const configs = readdirSync(runs)
  .map((name) => join(runs, name, 'config.json'))
  .filter((path) => existsSync(path));

beforeAll(() => tf.setBackend('cpu'));

test('recorded runs have a configuration that could run again', () => {
  expect(configs.length).toBe(2);
  for (const path of configs) {
    const { environment, ...config } = JSON.parse(readFileSync(path, 'utf8'));
    expect(environment.data).toEqual({ name: 'fashion-mnist' });
    requirePieces(parseRunConfig(config, path), path);
  }
});

test('the network that comes with the packages and the page is a model of Fashion-MNIST', () => {
  const path = join(root, 'packages', 'pretrained', 'files', 'resnet20-fashion-mnist.safetensors');
  const { facts } = decodeModel(readFileSync(path), path);
  expect(facts).toEqual({ task: fashionMnistTask, model: { name: 'resnet20' } });
});
