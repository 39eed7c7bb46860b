import { type ConformanceOptions, conformanceCases } from '@residual/conformance';
import { batchNorm, conv2d } from '@residual/ops';
import { normals } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureWebgpu, type TrainingBackend, webgpu } from '../src/node.js';
import { smallRun } from './smallRun.js';
import { bytesInUse, describeWebgpu, useWebgpu } from './support.js';

const probe = await webgpu.probe();
const hasFloat16 = probe.usable && probe.details?.features?.includes('shader-f16 yes');
if (!hasFloat16) {
  const device = probe.usable ? probe.device : probe.reason;
  process.stderr.write(`skipped: activations in float16: this adapter has no shader-f16 (${device}).\n`);
}
const describeFloat16 = hasFloat16 ? describeWebgpu : describe.skip;

const drawn = <T extends tf.Tensor>(purpose: string, shape: number[]): T =>
  tf.tensor(normals({ seed: 1, purpose }, tf.util.sizeFromShape(shape)), shape) as T;

describeWebgpu('activations in float16', () => {
  it.skipIf(hasFloat16)('are refused on an adapter without them, with the fix', async () => {
    configureWebgpu({ activations: 'float16' });
    try {
      expect(await webgpu.probe()).toMatchObject({
        usable: false,
        reason: expect.stringMatching(
          /^Expected an adapter with shader-f16 for float16, received one without/,
        ),
        fix: 'Leave activations at float32, or use another adapter.',
      });
    } finally {
      configureWebgpu({ activations: undefined });
    }
  });

  it('are asked for by a name that exists', () => {
    expect(() => configureWebgpu({ activations: 'float8' as 'float16' })).toThrow(
      'webgpu: activations: expected float32 or float16, received float8.',
    );
  });
});

describeFloat16('with activations in float16', () => {
  let backend: TrainingBackend;
  beforeAll(async () => {
    backend = await useWebgpu();
    backend.activations = 'float16';
  });
  afterAll(() => {
    backend.activations = 'float32';
  });

  it('every operation conforms within their precision', { timeout: 600_000 }, async () => {
    const options: ConformanceOptions = {
      ...{ backend: 'webgpu', requireKernels: true, memory: bytesInUse },
      tolerance: { forward: 2e-3, gradient: 2e-2 },
    };
    // In whole blocks and networks of a few values a ReLU that rounding opens or closes changes a gradient by much.
    const cases = conformanceCases(options).filter(({ group }) => group !== 'blocks' && group !== 'networks');
    expect(cases.length).toBeGreaterThan(150);
    for (const each of cases) await each.run(); // its error says which
  });

  it('a tensor takes half the bytes until something else than a layer uses it', async () => {
    const x = drawn<tf.Tensor4D>('x', [2, 8, 8, 4]);
    const filter = drawn<tf.Tensor4D>('filter', [3, 3, 4, 16]);
    backend.uploadToGPU(x.dataId);
    backend.uploadToGPU(filter.dataId);
    conv2d(x, filter, { padding: 1 }).dispose(); // its parameters stay
    const before = bytesInUse();
    const y = conv2d(x, filter, { padding: 1 });
    expect(bytesInUse() - before).toBe(2 * y.size);
    const sum = tf.sum(tf.tidy(() => tf.relu(y)));
    expect((await sum.data())[0]).toBeGreaterThan(0);
    backend.activations = 'float32';
    const exact = conv2d(x, filter, { padding: 1 });
    backend.activations = 'float16';
    const [actual, expected] = [await y.data(), await exact.data()];
    expected.forEach((value, i) => {
      expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(Math.abs(value) / 2048 + 1e-6);
    });
    expect(actual).not.toEqual(expected);
    tf.dispose([x, filter, y, sum, exact]);
  });

  it('hands on infinities and NaN', async () => {
    const values = [1e5, Number.NaN, -1e5, 2];
    const x = tf.tensor4d(values, [1, 4, 1, 1]);
    const one = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
    const y = conv2d(x, one, {});
    expect([...(await y.data())]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      2,
    ]);
    tf.dispose([x, one, y]);
  });

  it('gradients are near those of float32', { timeout: 120_000 }, async () => {
    const x = drawn<tf.Tensor4D>('x', [16, 12, 12, 8]);
    const filters = [0, 1].map((i) => drawn<tf.Tensor4D>(`filter ${i}`, [3, 3, 8, 8]));
    const ones = tf.ones<tf.Rank.R1>([8]);
    const running = () => tf.variable(tf.zeros<tf.Rank.R1>([8]), false);
    const statistics = { runningMean: running(), runningVariance: running() };
    const dy = drawn('dy', x.shape);
    const gradients = async () => {
      const results = tf.tidy(() =>
        tf.grads((input, ...rest) =>
          rest.reduce((activation, filter) => {
            const convolved = conv2d(activation as tf.Tensor4D, filter as tf.Tensor4D, { padding: 1 });
            return batchNorm(convolved, { scale: ones, offset: ones, activation: 'relu', ...statistics });
          }, input),
        )([x, ...filters], dy),
      );
      const values = await Promise.all(results.map((result) => result.data()));
      tf.dispose(results);
      return values;
    };
    const actual = await gradients();
    backend.activations = 'float32';
    const expected = await gradients();
    backend.activations = 'float16';
    const length = (vector: Iterable<number>) => Math.hypot(...vector);
    const apart = expected.map(
      (gradient, i) => length(gradient.map((value, k) => value - actual[i]![k]!)) / length(gradient),
    );
    process.stdout.write(`gradients ${apart.map((share) => share.toExponential(1))} apart\n`);
    expect(Math.max(...apart)).toBeLessThan(0.05);
    expect(Math.min(...apart)).toBeGreaterThan(0); // they did run on other numbers
    tf.dispose([x, filters, ones, statistics.runningMean, statistics.runningVariance, dy]);
  });

  it('a run learns as in float32', { timeout: 240_000 }, async () => {
    const losses = async () => {
      const seen: number[] = [];
      await smallRun({ steps: 20, onEvent: (event) => event.type === 'step' && seen.push(event.loss) });
      return seen;
    };
    const actual = await losses();
    backend.activations = 'float32';
    const expected = await losses();
    backend.activations = 'float16';
    expect(actual).toHaveLength(20);
    expect(actual).not.toEqual(expected);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
    expect(Math.abs(actual[0]! - expected[0]!)).toBeLessThan(2e-3);
    expect(Math.abs(mean(actual) - mean(expected))).toBeLessThan(0.05);
  });
});
