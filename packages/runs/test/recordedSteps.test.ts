import { Dropout } from '@residual/blocks';
import {
  crossEntropy,
  latestCheckpoint,
  memoryStorage,
  sam,
  sgd,
  type TrainOptions,
} from '@residual/trainer';
import { afterAll, afterEach, expect, it } from 'vitest';
import { outcomeOf, startCounting, tinyNetwork } from './recordedRuns.js';

// One thread: several wait for each other, which takes long beside other tests. Those are in recordedSteps.slow.test.ts.
const { backend, counts } = await startCounting({ threads: 1 });
afterEach(() => void Object.assign(counts, { recorded: 0, played: 0 }));
afterAll(() => backend.dispose());

it('a recorded run has the bits of one that is not: averages, judging, a smaller last batch, a checkpoint in the middle', async () => {
  const whole = await outcomeOf({ record: false });
  expect(counts).toEqual({ recorded: 0, played: 0 });
  expect(whole.unrecorded).toBe('record is false');

  const recorded = await outcomeOf({});
  expect(recorded).toEqual({ ...whole, unrecorded: undefined });
  // To try it out, and in each epoch anew; of 12 steps 3 are of a smaller batch, and the very first is none to go by.
  expect(counts).toEqual({ recorded: 1 + 3, played: 12 - 3 - 3 - 1 });

  const storage = memoryStorage();
  const stopped = { checkpoints: { storage, everySteps: 1 } };
  await outcomeOf(stopped, (event) => event.type === 'checkpoint' && event.step === 7);
  const resumed = await outcomeOf({ checkpoints: { storage }, resume: await latestCheckpoint(storage) });
  expect(resumed.weights).toEqual(whole.weights);
  expect(resumed.events.at(-1)).toEqual(whole.events.at(-1));
  expect(backend.memory().heapBytesInUse).toBe(0);
});

/** A network with something in it that calls of kernels don't repeat. */
function withDropout() {
  const model = tinyNetwork();
  return Object.assign(model, { dropout: new Dropout(0.5) });
}

function watched() {
  const model = tinyNetwork();
  const { forward } = model;
  return Object.assign(model, {
    forward: (...args: Parameters<typeof forward>) => forward.apply(model, args),
  });
}

it.each<[string, () => Parameters<typeof outcomeOf>[0]]>([
  ['sam takes gradients of other weights', () => ({ optimizer: sam(sgd({ learningRate: 0.1 })) })],
  ['the loss has no name: give it one with defineLoss', lossOfOnesOwn],
  [
    'a tensor is made of values in JavaScript',
    () => ({ loss: crossEntropy({ classWeights }), labelSmoothing: 0 }),
  ],
  ['dropout draws random numbers', () => ({ network: withDropout })],
  ['the model has a forward of its own, maybe of somebody who watches it', () => ({ network: watched })],
])('says in the start event: %s', async (reason, options) => {
  const { unrecorded } = await outcomeOf(options(), ({ type }) => type === 'step');
  expect(unrecorded).toBe(reason);
  expect(counts).toEqual({ recorded: 0, played: 0 });
});

const classWeights = Array.from({ length: 13 }, (_, label) => 1 + label);

function lossOfOnesOwn(): Partial<TrainOptions> {
  const loss = crossEntropy();
  return { loss: (logits, labels) => loss(logits, labels), labelSmoothing: 0 };
}
