import type { Tensor } from '@tensorflow/tfjs-core';
import { OpsError } from './error.js';

/** Throws unless `tensor` has exactly this shape; `null` stands for any length. Without a tensor there is nothing to check. */
export function assertShape(
  tensor: Tensor | undefined,
  expected: (number | null)[],
  where: string,
  why = '',
): void {
  if (tensor === undefined) return;
  const matches =
    tensor.shape.length === expected.length &&
    expected.every((length, axis) => length === null || length === tensor.shape[axis]);
  if (matches) return;
  const wanted = expected.map((length) => length ?? '*').join(',');
  throw new OpsError('SHAPE', {
    where,
    expected: `shape [${wanted}]${why}`,
    received: `[${tensor.shape.join(',')}]`,
    fix: 'Give a tensor of that shape.',
  });
}
