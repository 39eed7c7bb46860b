import { loadStateDict, type Module, type StateValue, stateDict } from '@residual/blocks';
import { randomStream } from '@residual/random';
import { sizeOf } from './values.js';

/**
 * The value of a parameter or running statistic as a function of (seed, path, shape), so that a fixture need not hold
 * it. The bits are those of tooling/fixtures/formula.py: float64, rounded to float32 at the end.
 */
function formulaValue(seed: number, path: string, shape: readonly number[]): StateValue {
  const draw = randomStream({ seed, purpose: path });
  const leaf = path.slice(path.lastIndexOf('.') + 1);
  const bound = Math.sqrt(6 / sizeOf(shape.slice(0, -1))); // of a weight, for its fan-in
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const u = 2 * draw.uniform(i) - 1;
    if (leaf === 'weight') return u * bound;
    if (leaf === 'scale') return 1 + u / 4;
    if (leaf === 'runningVariance') return 1 + u / 2;
    return u / 10; // bias, offset, runningMean
  });
  return { shape, data };
}

/** Sets every parameter and running statistic of an initialised model by the formula. */
export function fillByFormula(model: Module, seed: number): void {
  const state = new Map<string, StateValue>();
  for (const [path, { shape }] of stateDict(model)) state.set(path, formulaValue(seed, path, shape));
  loadStateDict(model, state);
}
