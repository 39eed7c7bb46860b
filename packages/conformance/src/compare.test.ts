import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { assertClose, assertSame, floorFor, typicalSize } from './compare.js';
import type { Values } from './values.js';

const floats = (...data: number[]): Values => ({ shape: [data.length], data: Float32Array.from(data) });
const relative = 1e-3;

describe('assertClose', () => {
  it('measures against the largest expected value, and names the worst entry', () => {
    const expected: Values = { shape: [2, 2], data: Float32Array.of(0, 100, 0, 1) };
    assertClose('y', { shape: [2, 2], data: Float32Array.of(0.09, 100, 0, 1.05) }, expected, { relative });
    const actual: Values = { shape: [2, 2], data: Float32Array.of(0.2, 100, 0.5, 1) };
    expect(() => assertClose('y', actual, expected, { relative })).toThrow(
      'y[1, 0]: expected 0, received 0.5: 5.0e-3 of the largest value 100, allowed 0.001.',
    );
  });

  it('takes a floor in place of a largest value below it', () => {
    assertClose('y', floats(0.5e-3), floats(0), { relative, floor: 1 });
    expect(() => assertClose('y', floats(0.5e-3), floats(0), { relative })).toThrow('expected 0');
  });

  it.each([
    [Number.NaN, Infinity],
    [Number.NaN, 1],
    [1, Number.NaN],
    [Infinity, -Infinity],
    [Infinity, 1e38],
    [1, Infinity],
  ])('tells %d from %d', (actual, expected) => {
    const where = () => assertClose('y', floats(actual, 1), floats(expected, 1), { relative: 1 });
    expect(where).toThrow(expect.objectContaining({ code: 'VALUE' }));
  });

  it('lets the same non-finite values pass', () => {
    const values = floats(Number.NaN, Infinity, -Infinity, 2);
    assertClose('y', values, values, { relative });
  });

  it('knows integers by the name of their array, also where its class is that of another realm (Jest)', () => {
    const foreign: Values = { shape: [1], data: runInNewContext('Int32Array.of(1)') };
    assertClose('y', foreign, { shape: [1], data: Int32Array.of(1) }, { relative });
    expect(() => assertClose('y', foreign, floats(1), { relative })).toThrow('received int32 [1].');
  });

  it('refuses another shape or type', () => {
    expect(() => assertClose('y', floats(1), floats(1, 2), { relative })).toThrow(
      'y: expected float32 [2], received float32 [1].',
    );
    expect(() => assertClose('y', { shape: [1], data: Int32Array.of(1) }, floats(1), { relative })).toThrow(
      'y: expected float32 [1], received int32 [1].',
    );
  });
});

it('assertSame tells -0 from 0, but no NaN from another', () => {
  assertSame('y', 'BITS', floats(Number.NaN), floats(Number.NaN));
  expect(() => assertSame('y', 'BITS', floats(-0), floats(0))).toThrow('on the second call');
});

it('floors a small tensor by its neighbours, and one that is rounding noise by all of their size', () => {
  const typical = typicalSize([floats(1e-12), floats(2, -8), floats(10)]);
  expect(typical).toBe(8);
  expect(floorFor(floats(1e-4), typical)).toBe(8e-3);
  expect(floorFor(floats(1e-12), typical)).toBe(8);
});
