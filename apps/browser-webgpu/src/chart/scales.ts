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

/** From a value to a pixel: linear, and a function of two numbers where d3-scale would be 12 kB. */
export type Scale = (value: number) => number;

const scale =
  (most: number, from: number, to: number): Scale =>
  (value) =>
    from + (value / most) * (to - from);

/**
 * Scales from values to pixels.
 *
 * @param epochs the end of the horizontal axis
 * @param losses what the left axis must hold: at least one
 */
export function scalesOf(frame: Frame, epochs: number, losses: readonly number[]) {
  const [floor, ceiling] = [frame.height - frame.bottom, frame.top];
  const top = lossTop(losses);
  return {
    x: scale(Math.max(epochs, 1), frame.left, frame.width - frame.right),
    loss: scale(top, floor, ceiling),
    share: scale(1, floor, ceiling),
    /** The end of the loss axis. */
    top,
  };
}

/** The smallest round number that no loss exceeds. */
export function lossTop(losses: readonly number[]): number {
  const highest = Math.max(0.1, ...losses.filter(Number.isFinite));
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const factor = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8].find((round) => round * magnitude >= highest) ?? 10;
  return factor * magnitude;
}

/** The whole epochs to write below the axis: at most `most` of them. */
export function epochTicks(epochs: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => epochs / size <= most) ?? 200;
  return Array.from({ length: Math.floor(epochs / step) + 1 }, (_, i) => i * step);
}
