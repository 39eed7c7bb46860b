import type { Program } from '../program.js';

let isInverse: boolean | undefined;

/**
 * Whether batch normalisation's last output, kept for its gradient, is the inverse standard deviation (cuDNN) instead
 * of the variance (processor). TensorFlow documents neither, so one run on known numbers decides.
 */
export function holdsInverse(program: Program): boolean {
  isInverse ??= tryOnKnownNumbers(program);
  return isInverse;
}

function tryOnKnownNumbers(program: Program): boolean {
  const x = program.floats([4, 1, 1, 1], [-4, -4, 4, 4]); // variance 16, inverse standard deviation 1/4
  const one = program.floats([1], [1]);
  const attributes = { epsilon: { float: 1e-5 }, is_training: true };
  const saved = program.callAll('FusedBatchNormV2', [x, one, one, one, one], attributes, 5)[4]!;
  return program.read(saved)[0]! < 1;
}
