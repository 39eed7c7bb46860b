import { type Interpolation, type ResizeCoefficients, resizeCoefficients } from './coefficients.js';

/** Coefficients, and how many each output has before the zeros that it ends with. */
export interface Axis extends ResizeCoefficients {
  readonly from: number;
  readonly to: number;
  readonly counts: Int32Array;
}

/** [height, width], in pixels. */
export type Size = readonly [height: number, width: number];

/** The work of a resize: an image's two axes, and which comes first. */
export interface Axes {
  readonly along: Axis;
  readonly down: Axis;
  readonly isVerticalFirst: boolean;
}

const known = new Map<string, Axis>();
/** Of axes that are remembered: pictures of one camera have one size. */
const MOST_KNOWN = 64;

/** The coefficients of `resizeCoefficients`, computed once while not too many others are asked for. @throws as that */
export function axisOf(from: number, to: number, interpolation: Interpolation): Axis {
  const key = `${from} ${to} ${interpolation}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const { taps, first, coefficients } = resizeCoefficients(from, to, interpolation);
  const counts = first.map((_, i) => {
    let count = taps;
    while (count > 1 && coefficients[i * taps + count - 1] === 0) count--;
    return count;
  });
  if (known.size === MOST_KNOWN) known.clear();
  const axis = { from, to, taps, first, coefficients, counts };
  known.set(key, axis);
  return axis;
}
