import { unavailable } from '@residual/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { diagnose, gather } from '../src/index.js';

/**
 * Defines tests on the active backend `tensorflow`, or where TensorFlow can't run one that is skipped with the reason.
 * `npx pnpm@12 test:tensorflow` gets TensorFlow first.
 */
export async function whereTensorflowRuns(define: () => void): Promise<void> {
  const diagnosis = diagnose(await gather());
  if (diagnosis.usable) {
    expect(await tf.setBackend('tensorflow')).toBe(true);
    define();
  } else {
    test('on the real addon', (context) =>
      unavailable(context, 'tensorflow', `${diagnosis.reason} ${diagnosis.fix}`));
  }
}
