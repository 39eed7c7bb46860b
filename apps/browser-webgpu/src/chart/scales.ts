import { scaleLinear } from 'd3-scale';

/** Where the values of a plot lie, in a picture of `width` x `height`. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Both value axes have this many steps, so that one set of rules serves both. */
export const STEPS = 4;

/**
 * Scales from values to pixels.
 *
 * @param epochs the end of the horizontal axis
 * @param losses what the left axis must hold
 */
export function scalesOf(frame: Frame, epochs: number, losses: readonly number[]) {
  const x = scaleLinear([0, Math.max(epochs, 1)], [frame.left, frame.width - frame.right]);
  const vertical = [frame.height - frame.bottom, frame.top];
  const loss = scaleLinear([0, lossTop(losses)], vertical);
  const share = scaleLinear([0, 1], vertical);
  return { x, loss, share };
}

/** Where the loss of guessing among ten classes, ln 10, has room. */
const EMPTY_TOP = 2.4;

/** The smallest round number that no loss exceeds. */
export function lossTop(losses: readonly number[]): number {
  const finite = losses.filter(Number.isFinite);
  if (finite.length === 0) return EMPTY_TOP;
  const highest = Math.max(0.1, ...finite);
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const factor = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8].find((round) => round * magnitude >= highest) ?? 10;
  return factor * magnitude;
}

/** The whole epochs to write below the axis: at most `most` of them. */
export function epochTicks(epochs: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => epochs / size <= most) ?? 200;
  return Array.from({ length: Math.floor(epochs / step) + 1 }, (_, i) => i * step);
}
