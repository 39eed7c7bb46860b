/** A function of the figure: what a network makes of two inputs. */
export type Point = readonly [first: number, second: number];

/** All functions that networks of one depth can be, as points at most a cell apart. */
export interface FunctionClass {
  depth: number;
  points: readonly Point[];
  /** The share of the class one layer shallower that is in this one too, by cells; 1 for the first. */
  contained: number;
}

/** What each network is shown: a function is known by what it makes of these. */
export const INPUTS: Point = [-1, 0.6];
/** The plane that is looked at goes from -SIDE to SIDE, both ways. */
export const SIDE = 1.8;
/** Along each side. */
export const CELLS = 60;
const DEPTHS = 5;

const between = (low: number, high: number, count: number) =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

/** What a layer's weight, bias and (of a residual one) factor can be. Zero comes first, so that what was there stays as it is. */
const WEIGHTS = between(0.4, 0.8, 13);
const BIASES = between(-0.5, 0.5, 31);
const FACTORS = [0, ...between(-0.4, 0.4, 7).filter((factor) => factor !== 0)];

type Layer = (y: number) => number;

/** y -> tanh(w y + b): no weight makes it the identity. */
const plainLayers: Layer[] = WEIGHTS.flatMap((w) =>
  BIASES.map(
    (b): Layer =>
      (y) =>
        Math.tanh(w * y + b),
  ),
);

/** y -> y + a tanh(w y + b), of the same weights: the identity where a is 0. */
const residualLayers: Layer[] = FACTORS.flatMap((a) =>
  (a === 0 ? WEIGHTS.slice(0, 1) : WEIGHTS.filter((_, i) => i % 3 === 0)).flatMap((w) =>
    (a === 0 ? BIASES.slice(0, 1) : BIASES.filter((_, i) => i % 3 === 0)).map(
      (b): Layer =>
        (y) =>
          y + a * Math.tanh(w * y + b),
    ),
  ),
);

/**
 * The function classes of networks with one number in each layer, of growing depth: computed by trying the layers' weights, layer by
 * layer, and keeping one function for each cell of the plane. Those of residual networks are nested, those of plain ones aren't.
 *
 * Source: Dive into Deep Learning 1.0.3, section 8.6.1, figure 8.6.1, of which this is an instance.
 */
export function functionClasses(kind: 'plain' | 'residual'): FunctionClass[] {
  const layers = kind === 'plain' ? plainLayers : residualLayers;
  let before = new Map<number, Point>([[cellOf(INPUTS)!, INPUTS]]);
  return Array.from({ length: DEPTHS }, (_, i) => {
    const reached = new Map<number, Point>();
    for (const layer of layers) {
      for (const [first, second] of before.values()) {
        const point: Point = [layer(first), layer(second)];
        const cell = cellOf(point);
        if (cell !== undefined && !reached.has(cell)) reached.set(cell, point);
      }
    }
    const kept = [...before.keys()].filter((cell) => reached.has(cell)).length;
    const contained = i === 0 ? 1 : kept / before.size;
    before = reached;
    return { depth: i + 1, points: [...reached.values()], contained };
  });
}

/** How far the function of a class lies that is closest to a target: as a distance in the plane. */
export function distanceTo({ points }: FunctionClass, [x, y]: Point): number {
  return Math.min(...points.map(([first, second]) => Math.hypot(first - x, second - y)));
}

/** The number of a point's cell; undefined outside of what is looked at. */
export function cellOf(point: Point): number | undefined {
  const [column, row] = point.map((value) => Math.floor(((value + SIDE) / (2 * SIDE)) * CELLS));
  const isInside = [column!, row!].every((at) => at >= 0 && at < CELLS);
  return isInside ? row! * CELLS + column! : undefined;
}
