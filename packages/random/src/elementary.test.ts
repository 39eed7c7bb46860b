import { describe, expect, it } from 'vitest';
import { cos, exp, log, sin } from './elementary.js';
import { power } from './power.js';
import { uniforms } from './sample.js';

const many = (purpose: string, min: number, max: number, count = 20_000) =>
  Array.from(uniforms({ seed: 0, purpose }, count, { min, max }), (value, i) => value * (1 + i * 2 ** -48));

/** What they are called with: by initial weights, `beta`, schedules, boxes and rotations; and what is hard. */
const cases = {
  log: [log, Math.log, [...many('u', 0, 1), ...many('sizes', -700, 700).map(exp), 1, 0, 5e-324]],
  exp: [exp, Math.exp, [...many('logits', -40, 40), ...many('sizes', -750, 715), 0, -0, 1, -1]],
  cos: [cos, Math.cos, [...many('turns', 0, 2 * Math.PI), ...quarters(), -0, 0]],
  sin: [sin, Math.sin, [...many('turns', -20, 20), ...quarters(), -0, 0]],
} as const;

/** Angles near multiples of a quarter turn, where nearly all digits cancel. */
function quarters(): number[] {
  return Array.from({ length: 4000 }, (_, i) => {
    const distance = (i % 2 === 0 ? 1 : -1) * 2 ** -(i % 54);
    return (Math.PI / 2) * (i % 700) * (1 + distance);
  });
}

/** FNV-1a, 32 bits, of the values' bytes. */
function hash(values: number[]): string {
  let value = 0x811c9dc5;
  for (const byte of new Uint8Array(Float64Array.from(values).buffer))
    value = Math.imul(value ^ byte, 0x01000193);
  return (value >>> 0).toString(16);
}

describe.each(Object.entries(cases))('%s', (name, [own, engine, given]) => {
  it('has the bits that Math had in V8 13.6', () => {
    const recorded = { log: 'e11b30ed', exp: '66cb3902', cos: '8f979fbd', sin: '3b9c912' };
    expect(hash(given.map(own))).toBe(recorded[name as keyof typeof recorded]);
  });

  it("is within a unit of this engine's last place", () => {
    const wrong = given.filter((x) => {
      const [value, expected] = [own(x), engine(x)];
      return !Object.is(value, expected) && !(Math.abs(value - expected) <= Math.abs(expected) * 2 ** -51);
    });
    expect(wrong).toEqual([]);
  });
});

it('refuses an angle that would need more digits of pi', () => {
  expect(() => cos(1e6)).toThrow('angle: expected less than 800,000, received 1000000');
  expect(() => sin(Number.NaN)).toThrow(RangeError);
});

describe('power', () => {
  it('rounds once: no float64 is nearer to the true power', () => {
    // 0.9 as a fraction, exactly.
    const [numerator, denominator] = [8106479329266893n, 53n];
    for (const exponent of [2, 3, 10, 57, 400]) {
      const exact = numerator ** BigInt(exponent);
      const shift = denominator * BigInt(exponent);
      const distance = (value: number) => {
        const scaled = BigInt(value * 2 ** 200) << (shift - 200n);
        return scaled > exact ? scaled - exact : exact - scaled;
      };
      const value = power(0.9, exponent);
      for (const neighbor of [value * (1 - 2 ** -53), value * (1 + 2 ** -52)])
        expect(distance(value) <= distance(neighbor), `0.9^${exponent}`).toBe(true);
    }
  });

  it('is exact where it can be, 1 for the exponent 0, and 0 or infinite beyond', () => {
    expect([power(3, 20), power(-2, 3), power(0.5, 1074), power(7, 0), power(0, 3), power(-1.5, 1)]).toEqual([
      3_486_784_401, -8, 5e-324, 1, 0, -1.5,
    ]);
    expect([power(0.9, 1e6), power(10, 400), power(2, 1024)]).toEqual([0, Infinity, Infinity]);
  });

  it('refuses other exponents', () => {
    for (const exponent of [-1, 0.5, Number.NaN]) expect(() => power(2, exponent)).toThrow(RangeError);
  });
});
