import '@residual/backend-simd';
import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { type Vectors, vectors } from './vectors.js';

// What the Python beside this package is tested against. UPDATE_VECTORS=1 writes it anew.
const file = new URL('../fixtures/vectors.json', import.meta.url);

beforeAll(async () => void (await tf.setBackend('simd')));

/** Frees what is computed with. */
function inScope<T>(compute: () => T): T {
  tf.engine().startScope();
  try {
    return compute();
  } finally {
    tf.engine().endScope();
  }
}

it('comes to the numbers that Python is tested against', () => {
  const { optimizers, ...exact } = inScope(vectors);
  if (process.env.UPDATE_VECTORS) writeFileSync(file, `${JSON.stringify({ ...exact, optimizers })}\n`);
  const stored: Vectors = JSON.parse(readFileSync(file, 'utf8'));
  const { optimizers: storedOptimizers, ...storedExact } = stored;
  expect(exact).toEqual(storedExact);
  for (const [i, { optimizer, steps }] of optimizers.entries()) {
    expect(optimizer).toEqual(storedOptimizers[i]!.optimizer);
    for (const [step, { parameters }] of steps.entries()) {
      const expected = storedOptimizers[i]!.steps[step]!.parameters.flat();
      for (const [at, value] of parameters.flat().entries()) expect(value).toBeCloseTo(expected[at]!, 6);
    }
  }
});

it('names the version of torch that requirements.txt asks for, where it warns of others', () => {
  const python = (name: string) => readFileSync(new URL(`../python/${name}`, import.meta.url), 'utf8');
  const [, tested] = /TESTED_TORCH = "(.*)"/.exec(python('residual_torch/parallel.py'))!;
  expect(python('requirements.txt')).toContain(`torch~=${tested}.`);
});
