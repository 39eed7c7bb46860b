import { randomStream } from '@residual/random';
import { describe, expect, it } from 'vitest';
import { fansOf } from './fans.js';
import { initCnn, initResNet } from './initializerRules.js';
import {
  constant,
  type Initializer,
  kaimingNormal,
  kaimingUniform,
  ones,
  uniformBias,
  xavierNormal,
  xavierUniform,
  zeros,
} from './initializers.js';

const filter = [3, 3, 16, 64]; // 9216 values; fanIn 144, fanOut 576
const stream = randomStream({ seed: 3, purpose: 'test' });

function statistics(initializer: Initializer, shape: number[] = filter, fans = fansOf(shape)) {
  const values = initializer(shape, fans, stream);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const bound = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return { mean, deviation: Math.sqrt(variance), bound, length: values.length };
}

describe('fansOf', () => {
  it("counts as PyTorch's _calculate_fan_in_and_fan_out does", () => {
    expect(fansOf([3, 5, 4, 8])).toEqual({ fanIn: 60, fanOut: 120 });
    expect(fansOf([512, 10])).toEqual({ fanIn: 512, fanOut: 10 });
  });
});

describe('uniform initialisers', () => {
  it.each<[string, Initializer, number]>([
    ['xavierUniform', xavierUniform, Math.sqrt(6 / (144 + 576))],
    ['kaimingUniform', kaimingUniform(), 1 / 12],
    [
      'kaimingUniform for ReLU by fanOut',
      kaimingUniform({ mode: 'fanOut', gain: Math.SQRT2 }),
      Math.sqrt(6 / 576),
    ],
    ['uniformBias', uniformBias, 1 / 12],
  ])('%s fills its range evenly', (_, initializer, bound) => {
    const drawn = statistics(initializer);
    expect(drawn.length).toBe(9216);
    expect(drawn.bound).toBeLessThanOrEqual(bound * (1 + 1e-7));
    expect(drawn.bound).toBeGreaterThan(0.998 * bound);
    expect(Math.abs(drawn.mean)).toBeLessThan(0.03 * bound); // 5 standard errors
    expect(Math.abs(drawn.deviation / (bound / Math.sqrt(3)) - 1)).toBeLessThan(0.03);
  });
});

describe('normal initialisers', () => {
  it.each<[string, Initializer, number]>([
    ['xavierNormal', xavierNormal, Math.sqrt(2 / (144 + 576))],
    ['kaimingNormal', kaimingNormal(), Math.sqrt(2 / 144)],
    ['kaimingNormal by fanOut', kaimingNormal({ mode: 'fanOut' }), Math.sqrt(2 / 576)],
    ['kaimingNormal without a ReLU', kaimingNormal({ gain: 1 }), 1 / 12],
  ])('%s has its deviation', (_, initializer, deviation) => {
    const drawn = statistics(initializer);
    expect(Math.abs(drawn.mean)).toBeLessThan(0.05 * deviation); // 5 standard errors
    expect(Math.abs(drawn.deviation / deviation - 1)).toBeLessThan(0.04);
    expect(drawn.bound).toBeGreaterThan(3 * deviation); // tails
  });
});

describe('constants', () => {
  it('need no fans', () => {
    const fans = fansOf([3]);
    const values = [zeros, ones, constant(0.5)].map((initializer) => [...initializer([3], fans, stream)]);
    expect(values).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [0.5, 0.5, 0.5],
    ]);
  });
});

describe('rules', () => {
  it('initCnn sets the weights of convolutions and linear layers only', () => {
    expect(initCnn({ role: 'weight', path: 'stem.conv.weight', shape: filter })).toBe(xavierUniform);
    expect(initCnn({ role: 'weight', path: 'head.linear.weight', shape: [4, 2] })).toBe(xavierUniform);
    for (const role of ['bias', 'scale', 'offset'] as const) {
      expect(initCnn({ role, path: 'x', shape: [4] })).toBeUndefined();
    }
  });

  it('initResNet sets the weights of convolutions only, by fanOut', () => {
    const chosen = initResNet({ role: 'weight', path: 'stem.conv.weight', shape: filter });
    expect(statistics(chosen!).deviation).toBeCloseTo(Math.sqrt(2 / 576), 2);
    expect(initResNet({ role: 'weight', path: 'head.linear.weight', shape: [4, 2] })).toBeUndefined();
    expect(initResNet({ role: 'bias', path: 'stem.conv.bias', shape: [4] })).toBeUndefined();
  });
});
