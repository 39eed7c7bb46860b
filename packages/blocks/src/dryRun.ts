import { evalShape, type OpsError } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { aroundForward } from './aroundForward.js';
import { BlocksError } from './error.js';
import type { Fans } from './fans.js';
import type { Module } from './module.js';
import { type FoundLeaf, leavesOf } from './walk.js';

/**
 * Runs `forward` once on shapes alone, in 'eval' mode, so that every parameter and buffer without a value gets one.
 * If anything throws, those are freed again.
 *
 * @returns the leaves that got a value
 */
export function dryRun(
  model: Module,
  inputShape: readonly number[],
  create: (found: FoundLeaf, shape: number[], fans: Fans) => tf.Tensor,
): FoundLeaf[] {
  const missing = leavesOf(model).filter(({ leaf }) => !leaf.initialized);
  for (const found of missing) {
    found.leaf.open(found.path, (shape, fans) => create(found, shape, fans));
  }
  try {
    tf.tidy(() => {
      evalShape(() => locateErrors(model, () => model.forward(tf.zeros([...inputShape]), 'eval')));
    });
    assertAllUsed(missing);
  } catch (error) {
    for (const { leaf } of missing) leaf.dispose();
    throw error;
  } finally {
    for (const { leaf } of missing) leaf.close();
  }
  return missing;
}

/** Runs `run`; a shape that doesn't fit is reported with the path of the module it doesn't fit. */
function locateErrors(model: Module, run: () => void): void {
  let failed: string | undefined;
  try {
    aroundForward(
      model,
      ({ path, proceed }) => {
        try {
          return proceed();
        } catch (error) {
          failed ??= path; // the innermost module
          throw error;
        }
      },
      run,
    );
  } catch (error) {
    const { code, where, expected, received, fix } = (error ?? {}) as OpsError;
    if (code !== 'SHAPE' || failed === undefined || where?.startsWith(failed) !== false) throw error;
    const problem = { where: `${failed}: ${where}`, expected, received, fix };
    throw new BlocksError('SHAPE', problem, { cause: error });
  }
}

function assertAllUsed(leaves: FoundLeaf[]): void {
  const unused = leaves.filter(({ leaf }) => !leaf.initialized).map(({ path }) => path);
  if (unused.length === 0) return;
  throw new BlocksError('UNUSED', {
    where: 'init',
    expected: "forward to use every parameter in 'eval' mode, from which its shape is known",
    received: `one that never uses ${unused.join(', ')}`,
    fix: 'Use it in forward, or remove the field.',
  });
}
