import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';
import { OpsError } from './error.js';
import {
  isAdapted,
  type Rule,
  type RuleArithmetic,
  type RuleName,
  type RuleSettings,
  type RuleValues,
  ruleOf,
} from './optimizerRules.js';

export interface OptimizerKernels {
  /**
   * Of the inputs, the first `count` are the parameters; then come as many gradients, of each of the rule's slots, and averages
   * (where there is an averageDecay); gradientNorm and firstNonFiniteStep, int32; both are scalars. The outputs are the
   * new parameters, slots, averages and firstNonFiniteStep.
   */
  'residual/optimizerUpdate': {
    inputs: tf.Tensor[];
    attributes: {
      rule: RuleName;
      settings: RuleSettings;
      count: number;
      step: number;
      learningRate: number;
      /** One a parameter. */
      learningRateScale: number[];
      /** One a parameter. */
      weightDecay: number[];
      /** 0: none. */
      clipNorm: number;
      averageDecay?: number;
      /** A kernel may write the new parameters, slots and averages where the old ones are. */
      donated: boolean;
    };
  };
}

/** A number is itself until a tensor meets it. */
type Term = tf.Tensor | number;

const arithmetic: RuleArithmetic<Term> = {
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  sqrt: (a) => tf.sqrt(a),
  sign: (a) => tf.sign(a),
};

const lengthOf = (x: Term) => tf.sqrt(tf.sum(tf.square(x)));

function trustOf(layerwise: NonNullable<Rule['layerwise']>, values: RuleValues<Term>): Term {
  const lengths = {
    parameter: lengthOf(values.parameter),
    measured: lengthOf(layerwise.measured(arithmetic, values)),
  };
  const isThere = tf.logicalAnd(tf.greater(lengths.parameter, 0), tf.greater(lengths.measured, 0));
  return tf.where(isThere, layerwise.trust(arithmetic, lengths, values) as tf.Tensor, tf.scalar(1));
}

const update = defineOp<OptimizerKernels, 'residual/optimizerUpdate'>({
  name: 'residual/optimizerUpdate',
  outputs: (inputs, { count }) => [
    ...inputs.slice(0, count),
    ...inputs.slice(2 * count, -2), // slots and averages
    inputs[inputs.length - 1]!,
  ],
  reference: (inputs, { count, step, settings, averageDecay, ...attributes }) => {
    const rule = ruleOf(attributes.rule);
    const names = rule.slots(settings);
    const take = (part: number) => inputs.slice(part * count, (part + 1) * count);
    const averages = averageDecay === undefined ? [] : take(2 + names.length);
    const [gradientNorm, firstNonFiniteStep] = inputs.slice(-2) as [tf.Tensor, tf.Tensor];
    const finite = tf.isFinite(gradientNorm);
    const { clipNorm } = attributes;
    const factor = clipNorm > 0 ? tf.minimum(tf.div(clipNorm, gradientNorm), 1) : tf.scalar(1);
    const constants = rule.constants(settings, step);

    const newParameters: tf.Tensor[] = [];
    const newSlots: tf.Tensor[][] = names.map(() => []);
    const newAverages: tf.Tensor[] = [];
    for (const [i, parameter] of take(0).entries()) {
      const next = tf.tidy(() => {
        const slots = Object.fromEntries(names.map((name, slot) => [name, take(2 + slot)[i]!]));
        const values: RuleValues<Term> = {
          parameter,
          gradient: tf.mul(take(1)[i]!, factor),
          slots,
          learningRate: attributes.learningRate * attributes.learningRateScale[i]!,
          weightDecay: attributes.weightDecay[i]!,
          constants,
          trust: 1,
        };
        if (rule.layerwise !== undefined && isAdapted(attributes.weightDecay[i]!, settings))
          values.trust = trustOf(rule.layerwise, values);
        const moved = rule.next(arithmetic, values, settings);
        const ifFinite = (value: Term, old: tf.Tensor) => tf.where(finite, value as tf.Tensor, old);
        const newParameter = ifFinite(moved.parameter, parameter);
        const average = averages[i];
        return {
          parameter: newParameter,
          slots: names.map((name) => ifFinite(moved.slots[name]!, slots[name]!)),
          average:
            average &&
            ifFinite(
              tf.add(tf.mul(average, averageDecay!), tf.mul(newParameter, 1 - averageDecay!)),
              average,
            ),
        };
      });
      newParameters.push(next.parameter);
      next.slots.forEach((tensor, slot) => void newSlots[slot]!.push(tensor));
      if (next.average !== undefined) newAverages.push(next.average);
    }
    const isFirst = tf.logicalAnd(tf.logicalNot(finite), tf.less(firstNonFiniteStep, 0));
    const nonFiniteStep = tf.where(isFirst, tf.scalar(step, 'int32'), firstNonFiniteStep);
    return [...newParameters, ...newSlots.flat(), ...newAverages, nonFiniteStep];
  },
});

export interface UpdateState {
  parameters: tf.Tensor[];
  /** By name, those of the optimizer's rule; one a parameter, zeros at first. */
  slots: Readonly<Record<string, tf.Tensor[]>>;
  /** Exponential moving averages of the parameters; absent where none are kept. */
  averages?: tf.Tensor[];
  /** int32 scalar: the first step whose gradients were not finite, or -1. */
  firstNonFiniteStep: tf.Scalar;
}

export interface OptimizerUpdateOptions {
  /** Its name, with the settings that its rule has: all of them. */
  optimizer: { readonly name: RuleName } & RuleSettings;
  /** The number of this step, from 0, which `firstNonFiniteStep` records. */
  step: number;
  learningRate: number;
  /** One factor of the rate a parameter. Default 1. */
  learningRateScale?: readonly number[];
  /** One factor a parameter (0 for biases and normalisations in modern recipes). Default 0. */
  weightDecay?: readonly number[];
  /** Gradients longer than this (see `gradientNorm`) are scaled down to it. Default 0: never. */
  clipNorm?: number;
  /** average = averageDecay * average + (1 - averageDecay) * parameter. */
  averageDecay?: number;
  /**
   * The caller reads the given parameters, slots and averages never again, and disposes of them: their memory may be that of the new ones.
   * Clones of them keep their values. As JAX's `donate_argnums`. Default false.
   */
  donated?: boolean;
}

/** The names of what an optimizer keeps between steps. */
export function slotNames({ name, ...settings }: OptimizerUpdateOptions['optimizer']): readonly string[] {
  return ruleOf(name).slots(settings);
}

/**
 * One step of an optimizer for all parameters at once; its rule (see `Rule`) says which arithmetic. Clipping as in d2l's
 * `clip_gradients`: by clipNorm / gradientNorm where that is below 1.
 *
 * If the gradients are not all finite nothing changes, except that `firstNonFiniteStep` says so.
 *
 * @param state the present values (borrowed)
 * @param gradients one a parameter, and their `gradientNorm`
 * @returns the next values, which belong to the caller
 * @throws OpsError `SHAPE` when the lists don't match, `OPTION` for slots or averages that are not those of the options.
 *
 * @example
 * optimizerUpdate(state, { gradients, gradientNorm: gradientNorm(gradients) }, {
 *   optimizer: { name: 'sgd', momentum: 0.9, nesterov: true },
 *   step: 0,
 *   learningRate: 0.1,
 * });
 */
export function optimizerUpdate(
  state: UpdateState,
  { gradients, gradientNorm }: { gradients: tf.Tensor[]; gradientNorm: tf.Scalar },
  options: OptimizerUpdateOptions,
): UpdateState {
  const { parameters, averages, firstNonFiniteStep } = state;
  const { name: rule, ...settings } = options.optimizer;
  const { clipNorm = 0, averageDecay, donated = false } = options;
  const count = parameters.length;
  const each = (value: number) => new Array<number>(count).fill(value);
  const weightDecay = [...(options.weightDecay ?? each(0))];
  const learningRateScale = [...(options.learningRateScale ?? each(1))];
  const names = ruleOf(rule).slots(settings);
  const given = Object.keys(state.slots);
  if (given.length !== names.length || names.some((name) => !given.includes(name)))
    throw stateProblem(`slots: ${rule}`, list(names), list(given));
  if ((averageDecay !== undefined) !== (averages !== undefined)) {
    const received = averages === undefined ? 'none' : 'averages';
    throw stateProblem('averages', `them exactly with an averageDecay, which is ${averageDecay}`, received);
  }
  const slots = names.map((name) => state.slots[name]!);
  requireLengths({ learningRateScale, weightDecay }, count);
  const lists = { gradients, ...state.slots, ...(averages && { averages }) };
  requireLengths(lists, count);
  for (const [name, tensors] of Object.entries(lists)) {
    for (const [i, tensor] of tensors.entries())
      assertShape(tensor, parameters[i]!.shape, `optimizerUpdate: ${name}[${i}]`);
  }
  const outputs = update.run(
    [...parameters, ...gradients, ...slots.flat(), ...(averages ?? []), gradientNorm, firstNonFiniteStep],
    {
      ...{ rule, settings, count, step: options.step, learningRate: options.learningRate },
      ...{ learningRateScale, weightDecay, clipNorm, averageDecay, donated },
    },
  );
  const take = (part: number) => outputs.slice(part * count, (part + 1) * count);
  return {
    parameters: take(0),
    slots: Object.fromEntries(names.map((name, slot) => [name, take(1 + slot)])),
    ...(averages && { averages: take(1 + names.length) }),
    firstNonFiniteStep: outputs[outputs.length - 1] as tf.Scalar,
  };
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

function stateProblem(where: string, expected: string, received: string): OpsError {
  const fix = 'Keep what an update returns, and give it to the next.';
  return new OpsError('OPTION', { where: `optimizerUpdate: ${where}`, expected, received, fix });
}

function requireLengths(lists: Readonly<Record<string, readonly unknown[]>>, count: number): void {
  for (const [name, { length }] of Object.entries(lists)) {
    if (length === count) continue;
    throw new OpsError('SHAPE', {
      where: `optimizerUpdate: ${name}`,
      expected: `${count}, one a parameter`,
      received: String(length),
      fix: 'Give them in the order of the parameters.',
    });
  }
}
