import type { Target } from '../../src/parser.ts';

const kept: Uint8Array[] = [];

export const target: Target = {
  seeds: () => [Uint8Array.of(1)],
  parse: () => kept.push(new Uint8Array(1000)),
};
