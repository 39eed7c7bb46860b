import type * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from '../error.js';

/** The shortcut's tensor, which a block adds to its branch; throws unless they have one shape. */
export function addendFor(
  branch: tf.Tensor4D,
  shortcut: tf.Tensor4D,
  option: 'use1x1conv' | 'projection',
): tf.Tensor4D {
  if (shortcut.shape.every((length, axis) => length === branch.shape[axis])) return shortcut;
  throw new BlocksError('SHAPE', {
    where: "A residual block's shortcut",
    expected: `shape [${branch.shape}], that of its branch`,
    received: `[${shortcut.shape}]`,
    fix: `Pass ${option}: true to a block that changes the shape.`,
  });
}
