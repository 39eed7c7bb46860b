import { init, type Module, parameters, predict } from '@residual/blocks';
import { models } from '@residual/models';
import { gradientNorm, sgdUpdate, softmaxCrossEntropy } from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '../protocol.ts';

/** What the active backend is asked to do. */
export interface Steps {
  model: Module;
  /** Trained numbers: tells whether two programs have the same network. */
  parameters: number;
  /** Resolves when the device has done so many steps. */
  run(steps: number): Promise<void>;
}

/** A network on made-up pictures, ready to work on tfjs's active backend. */
export function createSteps({ kind, model: name, inputShape, numClasses, batchFree = false }: Task): Steps {
  const model = init(models[name].create({ numClasses }), inputShape, { seed: 0 });
  const size = inputShape.reduce((product, length) => product * length);
  const pictures = tf.tensor4d(uniforms({ seed: 0, purpose: 'pictures' }, size), inputShape);
  const weights = parameters(model);
  return {
    model,
    parameters: weights.reduce((sum, weight) => sum + weight.size, 0),
    run: kind === 'training' ? training() : inference(),
  };

  function inference(): Steps['run'] {
    return async (steps) => {
      for (let i = 0; i < steps; i++) {
        const logits = predict(model, pictures, { batchFree });
        await logits.data(); // what one predicts for
        logits.dispose();
      }
    };
  }

  function training(): Steps['run'] {
    const labels = tf.tensor1d(
      Array.from({ length: inputShape[0] }, (_, i) => i % numClasses),
      'int32',
    );
    let velocities: tf.Tensor[] = weights.map((weight) => tf.zerosLike(weight));
    let firstNonFiniteStep: tf.Scalar = tf.scalar(-1, 'int32');
    let step = 0;

    function train(): void {
      const old = [...velocities, firstNonFiniteStep];
      const next = tf.tidy(() => {
        const { grads } = tf.variableGrads(
          () => softmaxCrossEntropy(model.forward(pictures, 'train') as tf.Tensor2D, labels),
          weights,
        );
        const gradients = weights.map((weight) => grads[weight.name]!);
        const state = sgdUpdate(
          { parameters: weights, velocities, firstNonFiniteStep },
          { gradients, gradientNorm: gradientNorm(gradients) },
          { step: step++, learningRate: 0.01, momentum: 0.9 },
        );
        for (const [i, weight] of weights.entries()) weight.assign(state.parameters[i]!);
        return { velocities: state.velocities!, firstNonFiniteStep: state.firstNonFiniteStep };
      });
      ({ velocities, firstNonFiniteStep } = next);
      tf.dispose(old);
    }

    return async (steps) => {
      for (let i = 0; i < steps; i++) train();
      await firstNonFiniteStep.data(); // drains the device
    };
  }
}
