import { randomStream } from '@residual/random';
import { ConformanceError } from './error.js';
import { positionOf, type Values } from './values.js';

const STEP = 1e-5; // float64: the difference's own error is about 1e-9 of the gradient
const COORDINATES = 6;

/**
 * Compares some entries of a gradient with the central difference of sum(dy * f(input)) in float64.
 *
 * @param f the value as a function of the input that the gradient is for
 * @param relative the largest difference, as a share of the largest entry looked at
 */
export function assertCentralDifference(
  where: string,
  gradient: Values,
  input: Values,
  dy: Values,
  f: (input: Values) => Values,
  relative: number,
): void {
  const draw = randomStream({ seed: 0, purpose: where });
  const count = Math.min(COORDINATES, input.data.length);
  const indices = Array.from({ length: count }, (_, i) => draw.uint32(i) % input.data.length);
  const differences = indices.map((index) => {
    const objective = (shift: number) => {
      const data = Float64Array.from(input.data);
      data[index]! += shift;
      const y = f({ shape: input.shape, data }).data;
      let sum = 0;
      for (let i = 0; i < y.length; i++) sum += y[i]! * dy.data[i]!;
      return sum;
    };
    return (objective(STEP) - objective(-STEP)) / (2 * STEP);
  });
  const scale = Math.max(...differences.map(Math.abs));
  for (const [i, index] of indices.entries()) {
    const received = gradient.data[index]!;
    const distance = Math.abs(received - differences[i]!);
    if (distance <= relative * scale) continue;
    throw new ConformanceError('VALUE', {
      where: `${where}${positionOf(index, input.shape)}`,
      expected: `the central difference ${differences[i]}`,
      received: `${received}: ${(distance / scale).toExponential(1)} of the largest, allowed ${relative}`,
      fix: 'Check the formula of the gradient, and its sums.',
    });
  }
}
