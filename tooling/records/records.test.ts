import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fashionMnistTask } from '@residual/fashion-mnist';
import { findShipped } from '@residual/pretrained';
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

test('the trunk that comes with the packages is the recorded one, which has never seen the other categories', () => {
  const record = JSON.parse(readFileSync(join(runs, 'emoji-trunk', 'record.json'), 'utf8'));
  const row = findShipped('residual/resnet20-emoji')!;
  expect(record.trunk.sha256).toBe(row.sha256);
  expect(row.summary).toContain(`${(100 * record.trunk.test).toFixed(2)} %`);
  const path = join(root, 'packages', 'pretrained', 'files', row.file);
  const { facts } = decodeModel(readFileSync(path), path);
  expect(facts).toMatchObject({ model: { name: 'resnet20' }, task: { data: { name: 'emoji' } } });
  expect([...facts.task.classNames].sort()).toEqual([...record.halves.trunk].sort());
  expect(record.halves.others.filter((name: string) => facts.task.classNames.includes(name))).toEqual([]);
  const total = Object.values<number>(record.counts).reduce((sum, count) => sum + count, 0);
  expect(total).toBe(3781);
});
