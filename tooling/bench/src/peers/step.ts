import { init, layerPaths, type Module, parameters, predict, predictor } from '@residual/blocks';
import { findModel } from '@residual/models';
import '@residual/models/family';
import { uniforms } from '@residual/random';
import { sgd, trainStep } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { observeKernels } from '../observeKernels.ts';
import type { Task } from '../protocol.ts';
import { ConvolutionLayers, floatOperations } from './convolutionLayers.ts';

/** What the active backend is asked to do. */
export interface Steps {
  model: Module;
  /** Trained numbers: tells whether two programs have the same network. */
  parameters: number;
  /** Resolves when the device has done so many steps. */
  run(steps: number): Promise<void>;
  /** Whether `run` plays what is recorded. */
  isRecorded?: boolean;
  /** The same through TensorFlow.js, kernel by kernel. */
  runUnrecorded?(steps: number): Promise<void>;
}

/** A network on made-up pictures, ready to work on tfjs's active backend. */
export function createSteps({
  kind,
  inputShape,
  numClasses,
  batchFree = false,
  recorded = false,
  ...task
}: Task): Steps {
  const model = init(findModel(task.variant ?? task.model).create({ numClasses }), inputShape, { seed: 0 });
  const size = inputShape.reduce((product, length) => product * length);
  const pictures = tf.tensor4d(uniforms({ seed: 0, purpose: 'pictures' }, size), inputShape);
  const weights = parameters(model);
  return {
    model,
    parameters: weights.reduce((sum, weight) => sum + weight.size, 0),
    ...(kind === 'inference' ? { run: inference(), isRecorded: recorded } : training()),
  };

  function inference(): Steps['run'] {
    const logitsOf = recorded
      ? predictor(model, inputShape)
      : (x: tf.Tensor4D) => predict(model, x, { batchFree });
    return async (steps) => {
      for (let i = 0; i < steps; i++) {
        const logits = logitsOf(pictures);
        await logits.data(); // what one predicts for
        logits.dispose();
      }
    };
  }

  function training(): Pick<Steps, 'run' | 'isRecorded' | 'runUnrecorded'> {
    const labels = tf.tensor1d(
      Array.from({ length: inputShape[0] }, (_, i) => i % numClasses),
      'int32',
    );
    const frozen = kind === 'frozen training' ? layerPaths(model).filter((path) => path !== 'head') : [];
    const options = {
      optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
      groups: frozen.map((pattern) => ({ pattern, frozen: true })),
    };
    let record = true;
    let step = trainStep(model, options);
    let loss = tf.scalar(0);

    const run = async (steps: number, isRecorded: boolean) => {
      if (isRecorded !== record) {
        step.dispose();
        record = isRecorded;
        step = trainStep(model, { ...options, record });
      }
      for (let i = 0; i < steps; i++) {
        loss.dispose();
        loss = step(pictures, labels);
      }
      await loss.data(); // drains the device, which works in order
    };
    return {
      run: (steps) => run(steps, true),
      isRecorded: true,
      runUnrecorded: (steps) => run(steps, false),
    };
  }
}

/** Multiply-adds of the convolutions of one picture's forward pass: nearly all that there are. */
export function multiplicationsOf(model: Module, [, ...picture]: Task['inputShape']): number {
  let sum = 0;
  const layers = new ConvolutionLayers(model);
  const x = tf.zeros<tf.Rank.R4>([1, ...picture]);
  const run = () => predict(model, x).dispose();
  run(); // registers what the backend has no kernel for
  observeKernels(
    (name) => name === 'residual/conv2d',
    (call) => {
      sum += floatOperations(layers.factsOf(call)!) / 2;
    },
    run,
  );
  x.dispose();
  return sum;
}
