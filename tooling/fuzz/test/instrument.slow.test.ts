import { describe, expect, it } from 'vitest';
import { COUNTERS, instrument } from '../src/instrument.ts';

/** What a function gives once it is counted, and which of its branches were taken. */
function run(source: string, ...given: unknown[]): { value: unknown; taken: string[] } {
  const { code, branches } = instrument(source, { file: 'a.ts', first: 0 });
  const counters = new Uint32Array(branches.length);
  const value: unknown = new Function(COUNTERS, `${code}; return f;`)(counters)(...given);
  return { value, taken: branches.flatMap(({ kind, line }, i) => (counters[i] ? [`${kind} ${line}`] : [])) };
}

describe('instrument', () => {
  it.each<[source: string, given: unknown[], value: unknown, taken: string[]]>([
    ['function f(x) { if (x) return 1; return 2; }', [true], 1, ['function 1', 'if 1']],
    ['function f(x) { if (x) return 1; return 2; }', [false], 2, ['function 1', 'else 1']],
    [
      'function f(x, y) {\nif (x) if (y) return 1;\nelse return 2; return 3; }',
      [true, false],
      2,
      ['function 1', 'if 2', 'else 3'],
    ],
    ['const f = (x) => x ? 1 : 2;', [0], 2, ['function 1', 'else 1']],
    ['const f = (x) => ({ x: x ?? 7 });', [null], { x: 7 }, ['function 1', 'choice 1']],
    ['const f = (x) => x || (x === 0 && "none");', [0], 'none', ['function 1', 'choice 1', 'choice 1']],
    ['function f({ x = 3 } = {}) { return x; }', [], 3, ['default 1', 'default 1', 'function 1']],
    [
      'function f(n) { let s = 0; for (const i of n) s += i; do s++; while (s < 9); return s; }',
      [[1, 2]],
      9,
      ['function 1', 'loop 1', 'loop 1'],
    ],
    [
      'function f(x) { switch (x) { case 1: case 2: return "few"; default: return "many"; } }',
      [1],
      'few',
      ['function 1', 'case 1', 'case 1'],
    ],
    ['function f() { try { throw 1; } catch { return 2; } }', [], 2, ['function 1', 'catch 1']],
  ])('counts what is taken of %s', (source, given, value, taken) => {
    expect(run(source, ...given)).toEqual({ value, taken });
  });

  it('leaves types, and functions that are named, as they are', () => {
    const source = 'type A = B extends C ? 1 : 2; function write(x: 1 | 2) { return x ? "a" : "b"; }';
    const { code, branches, words } = instrument(source, { file: 'a.ts', first: 0, without: ['write'] });
    expect([code, branches, words]).toEqual([source, [], []]);
  });
});
