/** How many values flow into, and out of, one unit of a layer: what the size of initial weights depends on. */
export interface Fans {
  fanIn: number;
  fanOut: number;
}

/**
 * The fans of a filter [kh, kw, Cin / groups, Cout] or of a linear weight [Cin, Cout], as PyTorch counts them:
 * fanIn = kh * kw * Cin / groups, fanOut = kh * kw * Cout.
 *
 * A shape of fewer than two axes has none: both are NaN, and an initialiser that needs them says so.
 */
export function fansOf(shape: readonly number[]): Fans {
  if (shape.length < 2) return { fanIn: Number.NaN, fanOut: Number.NaN };
  const [inputs, outputs] = shape.slice(-2) as [number, number];
  const window = shape.slice(0, -2).reduce((size, length) => size * length, 1);
  return { fanIn: window * inputs, fanOut: window * outputs };
}
