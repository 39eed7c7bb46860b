import '@tensorflow/tfjs-backend-cpu';
import { dispose } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { eventsOf, tinyModel, tinyRun } from '../test/tiny.js';

class Full extends Error {
  readonly code = 'OUT_OF_MEMORY';
}

it('names the step, the batch and half of it, and keeps what the device said', async () => {
  const before = tf.memory().numTensors;
  const model = tinyModel();
  const { forward } = model;
  let calls = 0;
  // 2 calls to warm up, then one a step.
  model.forward = (x, mode) => {
    if (++calls === 5) throw new Full('device: expected memory, received none for a tensor [8,6,6,1].');
    return forward.call(model, x, mode);
  };
  await expect(eventsOf(tinyRun({ model }))).rejects.toMatchObject({
    name: 'TrainerError',
    code: 'OUT_OF_MEMORY',
    message:
      'after step 2: expected memory for a batch of 8, received too little. ' +
      'device: expected memory, received none for a tensor [8,6,6,1]. A batch of 4 needs about half.',
    cause: expect.any(Full),
  });
  dispose(model);
  expect(tf.memory().numTensors).toBe(before);
});
