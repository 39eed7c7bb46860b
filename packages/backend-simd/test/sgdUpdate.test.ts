import { gradientNorm, type SgdUpdateOptions, sgdUpdate } from '@residual/ops';
import { normals } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawn, referenceValues, relativeError, simdValues } from './support.js';

const SHAPES = [[3, 3, 1, 5], [16], [1], [7, 64], []];

/** All that comes out of an update: parameters, velocities, averages and the first non-finite step. */
function update(
  options: SgdUpdateOptions,
  { norm = 2, firstNonFiniteStep = -1 }: { norm?: number; firstNonFiniteStep?: number } = {},
): tf.Tensor[] {
  const draw = (purpose: string) => SHAPES.map((shape, i) => drawn(`${purpose} ${i}`, shape));
  const next = sgdUpdate(
    {
      parameters: draw('parameter'),
      ...(options.momentum && { velocities: draw('velocity') }),
      ...(options.averageDecay !== undefined && { averages: draw('average') }),
      firstNonFiniteStep: tf.scalar(firstNonFiniteStep, 'int32'),
    },
    { gradients: draw('gradient'), gradientNorm: tf.scalar(norm) },
    options,
  );
  return [...next.parameters, ...(next.velocities ?? []), ...(next.averages ?? []), next.firstNonFiniteStep];
}

const plain = { step: 7, learningRate: 0.1 };
const everything = {
  ...plain,
  momentum: 0.9,
  nesterov: true,
  weightDecay: [0.1, 0, 0.2, 5e-4, 0],
  clipNorm: 0.5,
  averageDecay: 0.99,
};

describe('sgdUpdate', () => {
  it.each<[string, SgdUpdateOptions]>([
    ['plain', plain],
    ['with momentum', { ...plain, momentum: 0.9 }],
    ['with averages', { ...plain, averageDecay: 0.9 }],
    ['with clipping', { ...plain, clipNorm: 1 }],
    ['with a clip norm that is not reached', { ...plain, clipNorm: 3 }],
    ['with everything', everything],
  ])('agrees with the reference: %s', async (_, options) => {
    const actual = await simdValues(() => update(options));
    const expected = await referenceValues(() => update(options));
    expect(actual.length).toBe(expected.length);
    for (const [i, values] of actual.entries()) {
      expect(relativeError(values, expected[i]!), `output ${i}`).toBeLessThan(1e-6);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('keeps all values when the norm is %f', async (norm) => {
    const before = ['parameter', 'velocity', 'average'].flatMap((purpose) =>
      SHAPES.map((shape, i) =>
        normals({ seed: 1, purpose: `${purpose} ${i}` }, tf.util.sizeFromShape(shape)),
      ),
    );
    const values = await simdValues(() => update(everything, { norm }));
    expect(values).toEqual([...before, Int32Array.of(7)]);
    const later = await simdValues(() => update(everything, { norm, firstNonFiniteStep: 3 }));
    expect(later.at(-1)).toEqual(Int32Array.of(3));
  });
});

describe('gradientNorm', () => {
  it('is that of float64, however many values there are', async () => {
    const shapes = [[40_000], [3, 5], [], [16_384]];
    const run = () => shapes.map((shape, i) => drawn(`gradient ${i}`, shape, { mean: 1 }));
    const exact = (await referenceValues(run))
      .flatMap((values) => Array.from(values))
      .reduce((sum, value) => sum + value * value, 0);
    const [norm] = await simdValues(() => [gradientNorm(run())]);
    expect(norm![0]).toBe(Math.fround(Math.sqrt(exact)));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'is not finite with a single %f',
    async (value) => {
      const [norm] = await simdValues(() => [gradientNorm([tf.ones([5]), tf.tensor1d([1, value, 2])])]);
      expect(Number.isFinite(norm![0])).toBe(false);
    },
  );
});
