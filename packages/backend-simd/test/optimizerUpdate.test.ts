import { gradientNorm, type OptimizerUpdateOptions, optimizerUpdate, slotNames } from '@residual/ops';
import { normals } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawn, referenceValues, relativeError, simdValues } from './support.js';

const SHAPES = [[3, 3, 1, 5], [16], [1], [7, 64], []];

const sgd = (momentum: number, nesterov = false) => ({ name: 'sgd', momentum, nesterov }) as const;

/** All that comes out of an update: parameters, slots, averages and the first non-finite step. */
function update(
  options: OptimizerUpdateOptions,
  { norm = 2, firstNonFiniteStep = -1 }: { norm?: number; firstNonFiniteStep?: number } = {},
): tf.Tensor[] {
  const draw = (purpose: string) => SHAPES.map((shape, i) => drawn(`${purpose} ${i}`, shape));
  const slots = slotNames(options.optimizer).map((name) => [
    name,
    name === 'v' ? draw(name).map((tensor) => tf.square(tensor)) : draw(name),
  ]);
  const next = optimizerUpdate(
    {
      parameters: draw('parameter'),
      slots: Object.fromEntries(slots),
      ...(options.averageDecay !== undefined && { averages: draw('average') }),
      firstNonFiniteStep: tf.scalar(firstNonFiniteStep, 'int32'),
    },
    { gradients: draw('gradient'), gradientNorm: tf.scalar(norm) },
    options,
  );
  const { parameters, averages = [] } = next;
  return [...parameters, ...Object.values(next.slots).flat(), ...averages, next.firstNonFiniteStep];
}

const plain = { step: 7, learningRate: 0.1, optimizer: sgd(0) };
const common = {
  weightDecay: [0.1, 0, 0.2, 5e-4, 0],
  learningRateScale: [1, 0.5, 2, 1, 0.1],
  clipNorm: 0.5,
  averageDecay: 0.99,
};
const everything = { ...plain, ...common, optimizer: sgd(0.9, true) };
const lars = { name: 'lars', momentum: 0.9, nesterov: true, trustCoefficient: 0.02, epsilon: 1e-8 } as const;
const moments = { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 };

const cases: [string, OptimizerUpdateOptions][] = [
  ['plain', plain],
  ['with momentum', { ...plain, optimizer: sgd(0.9) }],
  ['with averages', { ...plain, averageDecay: 0.9 }],
  ['with clipping', { ...plain, clipNorm: 1 }],
  ['with a clip norm that is not reached', { ...plain, clipNorm: 3 }],
  ['with everything', everything],
  ['adam', { ...everything, optimizer: { name: 'adam', ...moments } }],
  ['adamw', { ...everything, optimizer: { name: 'adamw', ...moments } }],
  ['rmsprop', { ...everything, optimizer: { name: 'rmsprop', alpha: 0.9, momentum: 0.8, epsilon: 0.1 } }],
  ['lion', { ...everything, optimizer: { name: 'lion', beta1: 0.9, beta2: 0.99 } }],
  ['lamb', { ...everything, optimizer: { name: 'lamb', ...moments, alwaysAdapt: false } }],
  ['lars', { ...everything, optimizer: { ...lars, alwaysAdapt: true } }],
];

describe('optimizerUpdate', () => {
  it.each(cases)('gives the same bits where the old values were: %s', async (_, options) => {
    const apart = await simdValues(() => update(options));
    expect(await simdValues(() => update({ ...options, donated: true }))).toEqual(apart);
  });

  it('writes where what it was given lies, unless somebody has a clone', async () => {
    const of = (purpose: string) => [drawn(purpose, [7, 64]), drawn(`other ${purpose}`, [16])];
    const [cloned, clone, old, next] = await simdValues(() => {
      const parameters = of('parameter');
      const clone = parameters[0]!.clone();
      const state = {
        parameters,
        slots: { velocity: of('velocity') },
        firstNonFiniteStep: tf.scalar(-1, 'int32'),
      };
      const given = { gradients: of('gradient'), gradientNorm: tf.scalar(1) };
      const moved = optimizerUpdate(state, given, { ...plain, optimizer: sgd(0.9), donated: true });
      return [drawn('parameter', [7, 64]), clone, parameters[1]!, moved.parameters[1]!];
    });
    expect(clone).toEqual(cloned);
    expect(old).toEqual(next);
  });

  it.each(cases)('agrees with the reference: %s', async (_, options) => {
    const actual = await simdValues(() => update(options));
    const expected = await referenceValues(() => update(options));
    expect(actual.length).toBe(expected.length);
    for (const [i, values] of actual.entries()) {
      expect(relativeError(values, expected[i]!), `output ${i}`).toBeLessThan(1e-6);
    }
  });

  it('measures layers of several blocks, whatever the number of threads', async () => {
    const shape = [50_003];
    const options = { ...plain, optimizer: { ...lars, alwaysAdapt: true } };
    const run = () => {
      const parameters = [drawn('parameter', shape)];
      const slots = { velocity: [tf.zeros(shape)] };
      const given = { gradients: [drawn('gradient', shape)], gradientNorm: tf.scalar(1) };
      const before = { parameters, slots, firstNonFiniteStep: tf.scalar(-1, 'int32') };
      return optimizerUpdate(before, given, options).parameters;
    };
    const [actual] = await simdValues(run);
    const [expected] = await referenceValues(run);
    expect(relativeError(actual!, expected!)).toBeLessThan(1e-6);
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

  it('keeps two slots when the norm is not finite', async () => {
    const options = { ...plain, optimizer: { name: 'adamw', ...moments } } as const;
    const before = ['parameter', 'm', 'v'].flatMap((purpose) =>
      SHAPES.map((shape, i) =>
        normals({ seed: 1, purpose: `${purpose} ${i}` }, tf.util.sizeFromShape(shape)).map((value) =>
          purpose === 'v' ? value * value : value,
        ),
      ),
    );
    expect(await simdValues(() => update(options, { norm: Number.NaN }))).toEqual([
      ...before,
      Int32Array.of(7),
    ]);
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
