import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { eventsOf, tinyData, tinyModel, tinyRun } from '../../test/tiny.js';
import { valuesOf } from '../run/snapshots.js';
import { constantRate } from '../schedule/steps.js';
import { sgd } from './descent.js';
import { trainStep } from './trainStep.js';

describe('trainStep', () => {
  it('is a step of train, to the bit, within a tidy as without, and leaves no tensor', async () => {
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4 });
    const run = tinyRun({
      optimizer,
      schedule: constantRate(),
      averageDecay: undefined,
      labelSmoothing: 0,
      maxEpochs: 1,
      logEvery: 1,
    });
    const events = await eventsOf(run);
    const losses = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
    const weights = await valuesOf(stateDict(run.model));
    dispose(run.model);

    const before = tf.memory().numTensors;
    const model = tinyModel();
    const step = trainStep(model, { optimizer, gradientClipNorm: 5 });
    const { train, prepare } = tinyData();
    for (const [i, batch] of [...train.epoch(0)].entries()) {
      const take = () => step(prepare(batch), tf.tensor1d(batch.labels, 'int32'));
      const loss = tf.tidy(take);
      expect(loss.dataSync()[0]).toBeCloseTo(losses[i]!, 6);
      loss.dispose();
    }
    step.dispose();
    expect(await valuesOf(stateDict(model))).toEqual(weights);
    dispose(model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('counts no right answers, which nobody reads', async () => {
    const model = tinyModel();
    const step = trainStep(model, { optimizer: sgd({ learningRate: 1 }) });
    const { kernelNames } = await tf.profile(() =>
      tf.tidy(() => void step(tf.ones([2, 6, 6, 1]), tf.tensor1d([0, 1], 'int32'))),
    );
    expect(kernelNames).toContain('residual/optimizerUpdate');
    expect(kernelNames).not.toContain('residual/correctCount');
    step.dispose();
    dispose(model);
  });

  it('takes the rate of a step, and refuses an optimizer that is none of ours', () => {
    const model = tinyModel();
    const step = trainStep(model, { optimizer: sgd({ learningRate: 1 }) });
    const bias = () => model.linear.bias!.value.dataSync()[0]!;
    const initial = bias();
    tf.tidy(() => void step(tf.ones([2, 6, 6, 1]), tf.tensor1d([0, 1], 'int32'), 0));
    expect(bias()).toBe(initial);
    step.dispose();
    expect(() => trainStep(model, { optimizer: tf.train.adam(0.01) as never })).toThrow(
      'received an AdamOptimizer of TensorFlow.js',
    );
    dispose(model);
  });
});
