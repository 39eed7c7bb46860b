import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { decodeSafetensors } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import names from '../fixtures/cases.json' with { type: 'json' };
import { conformanceCases, describeConformance, runConformance } from '../src/index.js';

it.each(Object.entries(names))('%s: the fixture has the cases that are listed', (file, listed) => {
  const bytes = readFileSync(new URL(`../fixtures/${file}.safetensors`, import.meta.url));
  const { cases } = JSON.parse(decodeSafetensors(bytes).metadata.fixture!) as { cases: { name: string }[] };
  expect(cases.map(({ name }) => name)).toEqual(listed);
});

it('runs every fixture, the full-size networks only when asked', () => {
  const nameOf = ({ group, name }: { group: string; name: string }) => `${group}: ${name}`;
  const all = new Set(conformanceCases({ backend: 'cpu', large: true }).map(nameOf));
  for (const name of Object.values(names).flat()) {
    expect([...all].some((candidate) => candidate.endsWith(`PyTorch: ${name}`))).toBe(true);
  }
  const small = conformanceCases({ backend: 'cpu' }).map(nameOf);
  expect([...all].filter((name) => !small.includes(name))).toEqual([
    'networks: PyTorch: resnet18 predicts',
    'networks: PyTorch: resnet50 predicts',
    'networks: PyTorch: resnext50-32x4d predicts',
    'networks: PyTorch: d2l-resnet18',
  ]);
});

it('gives each case a name of its own, to any framework', () => {
  const defined: string[] = [];
  const groups: string[] = [];
  describeConformance(
    {
      describe: (name, define) => {
        groups.push(name);
        define();
      },
      it: (name) => defined.push(`${groups.at(-1)}: ${name}`),
    },
    { backend: 'cpu', requireKernels: true, batchFree: true },
  );
  expect(defined).toHaveLength(
    conformanceCases({ backend: 'cpu', requireKernels: true, batchFree: true }).length,
  );
  expect(new Set(defined).size).toBe(defined.length);
});

it('reports what fails without a framework, and goes on', async () => {
  await tf.setBackend('cpu');
  const errors: (Error | undefined)[] = [];
  for await (const { error } of runConformance({ backend: 'another' })) errors.push(error);
  expect(errors).toHaveLength(conformanceCases({ backend: 'another' }).length);
  expect(errors.every((error) => error?.message.includes('expected the active backend to be another'))).toBe(
    true,
  );
});

it('says where a fixture should be', async () => {
  const fixtures = new URL('./nowhere/', import.meta.url);
  const [first] = conformanceCases({ backend: 'cpu', fixtures });
  await expect(first!.run()).rejects.toMatchObject({
    code: 'FIXTURE',
    message: expect.stringContaining('nowhere/conv2d'),
  });
});
