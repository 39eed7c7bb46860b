import type { Json } from '@residual/data';
import type { OptimizerUpdateOptions, UpdateState } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { TrainerError } from '../error.js';

/** Which rule moves the parameters, and its settings: plain data that a checkpoint records and compares. */
export type Optimizer = {
  readonly name: string;
  /** Of the rule; absent for one that is built in. */
  readonly version?: number;
  /** What a schedule scales. */
  readonly learningRate: number;
  /** Pulls weights of convolutions and linear layers towards 0; biases and normalisations are left alone. */
  readonly weightDecay?: number;
  readonly [setting: string]: Json | undefined;
};

/** What a rule knows of one parameter. All tensors have its shape and are borrowed. */
export interface RuleInput<Settings = unknown> {
  parameter: tf.Tensor;
  /** Scaled down already where the run clips. */
  gradient: tf.Tensor;
  /** What the rule keeps between steps, by name: zeros before the first. */
  slots: Readonly<Record<string, tf.Tensor>>;
  /** Of this step and this parameter, as the schedule and its group have it. */
  learningRate: number;
  /** The optimizer's, or its group's, for a weight; 0 for a bias or a normalisation. */
  weightDecay: number;
  /** From 0. */
  step: number;
  /** The optimizer, with the settings of its own. */
  value: Optimizer & Settings;
}

export interface RuleOutput {
  parameter: tf.Tensor;
  /** All of them. */
  slots: Readonly<Record<string, tf.Tensor>>;
}

/** The next value of one parameter: synchronous, of TensorFlow.js's operations, which may leave intermediates behind. */
export type OptimizerRule<Settings = unknown> = (input: RuleInput<Settings>) => RuleOutput;

/** What a step knows beside the state; of each list, one number a parameter. */
export type StepFacts = Omit<OptimizerUpdateOptions, 'optimizer'> & { weightDecay: readonly number[] };

export interface Gradients {
  gradients: tf.Tensor[];
  /** Scalar: the length of all of them as one vector. */
  gradientNorm: tf.Scalar;
}

/** One step of all parameters. Borrows what it is given; what it returns belongs to the caller. */
export type Update = (state: UpdateState, gradients: Gradients, facts: StepFacts) => UpdateState;

/**
 * Makes a step of a rule, with what all optimizers have in common: clipping by the norm of all gradients, averages, and
 * that nothing moves when a gradient isn't finite. The arithmetic around the rule is that of `optimizerUpdate`'s reference.
 */
export function updateBy(value: Optimizer, slotNames: readonly string[], rule: OptimizerRule): Update {
  return (state, { gradients, gradientNorm }, facts) =>
    tf.tidy(() => {
      const { step, learningRate, learningRateScale, weightDecay, clipNorm = 0, averageDecay } = facts;
      const finite = tf.isFinite(gradientNorm);
      const factor = clipNorm > 0 ? tf.minimum(tf.div(clipNorm, gradientNorm), 1) : undefined;
      const parameters: tf.Tensor[] = [];
      const slots: Record<string, tf.Tensor[]> = Object.fromEntries(slotNames.map((name) => [name, []]));
      const averages: tf.Tensor[] = [];
      for (const [i, parameter] of state.parameters.entries()) {
        const next = tf.tidy(() => {
          const moved = rule({
            parameter,
            gradient: factor === undefined ? gradients[i]! : tf.mul(gradients[i]!, factor),
            slots: Object.fromEntries(slotNames.map((name) => [name, state.slots[name]![i]!])),
            learningRate: learningRate * (learningRateScale?.[i] ?? 1),
            weightDecay: weightDecay[i]!,
            step,
            value,
          });
          const where = `optimizer ${value.name}`;
          requireLike(parameter, moved?.parameter, `${where}: parameter`);
          return {
            parameter: tf.where(finite, moved.parameter, parameter),
            slots: slotNames.map((name) => {
              requireLike(parameter, moved.slots?.[name], `${where}: slots.${name}`);
              return tf.where(finite, moved.slots[name]!, state.slots[name]![i]!);
            }),
          };
        });
        parameters.push(next.parameter);
        for (const [slot, name] of slotNames.entries()) slots[name]!.push(next.slots[slot]!);
        const average = state.averages?.[i];
        if (average === undefined || averageDecay === undefined) continue;
        const kept = tf.add(tf.mul(average, averageDecay), tf.mul(next.parameter, 1 - averageDecay));
        averages.push(tf.where(finite, kept, average));
      }
      const isFirst = tf.logicalAnd(tf.logicalNot(finite), tf.less(state.firstNonFiniteStep, 0));
      const firstNonFiniteStep = tf.where(isFirst, tf.scalar(step, 'int32'), state.firstNonFiniteStep);
      return {
        parameters,
        slots,
        ...(state.averages && { averages }),
        firstNonFiniteStep: firstNonFiniteStep as tf.Scalar,
      };
    });
}

function requireLike(parameter: tf.Tensor, given: tf.Tensor | undefined, where: string): void {
  if (given?.dtype === 'float32' && given.shape.join() === parameter.shape.join()) return;
  throw new TrainerError('OPTION', {
    where,
    expected: `a float32 tensor of shape [${parameter.shape}], as the parameter has`,
    received: given === undefined ? 'none' : `${given.dtype} of shape [${given.shape}]`,
    fix: 'Correct what the rule returns.',
  });
}
