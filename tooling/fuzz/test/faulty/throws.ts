import type { Target } from '../../src/parser.ts';

export const target: Target = {
  seeds: () => [Uint8Array.of(1)],
  parse: ([first]) => (first === 1 ? undefined : (undefined as unknown as Uint8Array).length),
};
