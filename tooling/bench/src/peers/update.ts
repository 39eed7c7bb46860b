import { init, parameters } from '@residual/blocks';
import { models } from '@residual/models';
import { gradientNorm, type OptimizerUpdateOptions, optimizerUpdate, slotNames } from '@residual/ops';
import { uniforms } from '@residual/random';
import { parseOptimizer } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '../protocol.ts';
import type { Steps } from './step.ts';

/** The updates of an optimizer alone: all parameters of a network by the same made-up gradients, of weights that decay. */
export function createUpdates({ model: name, inputShape, numClasses, optimizer: rule = 'sgd' }: Task): Steps {
  const model = init(models[name].create({ numClasses }), inputShape, { seed: 0 });
  const weights = parameters(model);
  const momentum = ['sgd', 'lars'].includes(rule) ? { momentum: 0.9 } : {};
  const value = parseOptimizer({ name: rule, learningRate: 1e-3, ...momentum });
  const optimizer = value as OptimizerUpdateOptions['optimizer'];
  const drawn = (i: number, size: number) =>
    uniforms({ seed: i, purpose: 'gradients' }, size, { min: -1, max: 1 });
  const gradients = weights.map(({ shape, size }, i) => tf.tensor(drawn(i, size), shape));
  const zeros = () => weights.map(({ shape }) => tf.zeros(shape));
  let state = {
    parameters: weights.map((weight) => weight.clone()),
    slots: Object.fromEntries(slotNames(optimizer).map((slot) => [slot, zeros()])),
    firstNonFiniteStep: tf.scalar(-1, 'int32'),
  };
  return {
    model,
    parameters: weights.reduce((sum, { size }) => sum + size, 0),
    async run(steps) {
      for (let step = 0; step < steps; step++) {
        const old = state;
        const norm = gradientNorm(gradients);
        const weightDecay = weights.map(({ shape }) => (shape.length > 1 ? 0.01 : 0));
        const options = { optimizer, step, learningRate: 1e-3, weightDecay };
        state = { ...optimizerUpdate(old, { gradients, gradientNorm: norm }, options) } as typeof state;
        tf.dispose([old, norm]);
      }
      await state.firstNonFiniteStep.data(); // drains the device, which works in order
    },
  };
}
