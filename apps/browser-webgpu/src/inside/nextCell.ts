import type { Pair } from '../session/session.js';

const STEPS: Record<string, [down: number, right: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The next cell with pictures in the direction of an arrow key. Undefined at the edge and for other keys. */
export function nextCell(matrix: readonly number[][], from: Pair, key: string): Pair | undefined {
  const step = STEPS[key];
  if (step === undefined) return undefined;
  let { label, predicted } = from;
  for (;;) {
    label += step[0];
    predicted += step[1];
    const count = matrix[label]?.[predicted];
    if (count === undefined) return undefined;
    if (count > 0) return { label, predicted };
  }
}

/** The first cell with pictures, in reading order. */
export function firstCell(matrix: readonly number[][]): Pair | undefined {
  const label = matrix.findIndex((row) => row.some((count) => count > 0));
  if (label < 0) return undefined;
  return { label, predicted: matrix[label]!.findIndex((count) => count > 0) };
}
