import { isAdapted, type Rule, type RuleArithmetic, type RuleValues, ruleOf } from '@residual/ops';
import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';
import { type Program, TYPE } from '../program.js';

/** `residual/gradientNorm` of `@residual/ops`: sqrt of the sum of all squares. */
export const gradientNorm: TensorflowKernel<'residual/gradientNorm'> = {
  kernelName: 'residual/gradientNorm',
  program({ program, inputs }) {
    const halves = Object.values(inputs).map((gradient) => program.call('L2Loss', [gradient]));
    const half = program.call('AddN', halves, { N: { int: halves.length }, T: { type: TYPE.float32 } });
    return [program.call('Sqrt', [program.call('Mul', [half, program.float(2)])])];
  },
};

/** A number is none of TensorFlow's until a tensor meets it: what it leaves as it is (0 more, 1 times) costs no pass. */
type Term = Handle | number;

function arithmeticOf(program: Program): RuleArithmetic<Term> {
  const handle = (a: Term) => (typeof a === 'number' ? program.float(a) : a);
  const call = (name: string, ...terms: Term[]) => program.call(name, terms.map(handle));
  return {
    add: (a, b) => {
      if (typeof a === 'number' && typeof b === 'number') return a + b;
      if (a === 0) return b;
      return b === 0 ? a : call('AddV2', a, b);
    },
    sub: (a, b) => (b === 0 ? a : call('Sub', a, b)),
    mul: (a, b) => {
      if (typeof a === 'number' && typeof b === 'number') return a * b;
      if (a === 0 || b === 0) return 0;
      return b === 1 ? a : call('Mul', a, b);
    },
    div: (a, b) => call('RealDiv', a, b),
    sqrt: (a) => call('Sqrt', a),
    sign: (a) => call('Sign', a),
  };
}

/**
 * `residual/optimizerUpdate` of `@residual/ops`, of the rule as it is written there; TensorFlow's own updates work on its
 * variables, which tfjs's are not.
 */
export const optimizerUpdate: TensorflowKernel<'residual/optimizerUpdate'> = {
  kernelName: 'residual/optimizerUpdate',
  program({ program, inputs, attrs }) {
    const tensors = Object.values(inputs);
    const { count, step, settings, clipNorm, averageDecay } = attrs;
    const rule = ruleOf(attrs.rule);
    const names = rule.slots(settings);
    const take = (part: number) => tensors.slice(part * count, (part + 1) * count);
    const averages = averageDecay === undefined ? [] : take(2 + names.length);
    const [norm, firstNonFiniteStep] = tensors.slice(-2) as [Handle, Handle];
    const arithmetic = arithmeticOf(program);
    const constants = rule.constants(settings, step);
    const areFinite = program.call('IsFinite', [norm]);
    /** The new values, or the old ones if the gradients are not finite. A scalar condition copies nothing. */
    const ifFinite = (next: Term, old: Handle) => program.call('Select', [areFinite, next as Handle, old]);
    const factor =
      clipNorm > 0
        ? program.call('Minimum', [
            program.call('RealDiv', [program.float(clipNorm), norm]),
            program.float(1),
          ])
        : 1;

    const moved = take(0).map((parameter, i) => {
      const slots = Object.fromEntries(names.map((name, slot) => [name, take(2 + slot)[i]!]));
      const values: RuleValues<Term> = {
        ...{ parameter, slots, constants, trust: 1 },
        gradient: arithmetic.mul(take(1)[i]!, factor),
        learningRate: attrs.learningRate * attrs.learningRateScale[i]!,
        weightDecay: attrs.weightDecay[i]!,
      };
      if (rule.layerwise !== undefined && isAdapted(attrs.weightDecay[i]!, settings))
        values.trust = trustOf(program, arithmetic, rule.layerwise, values);
      const next = rule.next(arithmetic, values, settings);
      return {
        parameter: ifFinite(next.parameter, parameter),
        slots: names.map((name) => ifFinite(next.slots[name]!, slots[name]!)),
      };
    });
    const newAverages = averages.map((average, i) => {
      const kept = program.call('Mul', [average, program.float(averageDecay!)]);
      const share = program.call('Mul', [moved[i]!.parameter, program.float(1 - averageDecay!)]);
      return ifFinite(program.call('AddV2', [kept, share]), average);
    });
    const isFirst = program.call('LogicalAnd', [
      program.call('LogicalNot', [areFinite]),
      program.call('Less', [firstNonFiniteStep, program.integer(0)]),
    ]);
    return [
      ...moved.map(({ parameter }) => parameter),
      ...names.flatMap((_, slot) => moved.map(({ slots }) => slots[slot]!)),
      ...newAverages,
      program.call('SelectV2', [isFirst, program.integer(step), firstNonFiniteStep]),
    ];
  },
};

/** A scalar. */
function trustOf(
  program: Program,
  arithmetic: RuleArithmetic<Term>,
  layerwise: NonNullable<Rule['layerwise']>,
  values: RuleValues<Term>,
): Handle {
  const lengthOf = (x: Handle) =>
    program.call('Sqrt', [program.call('Mul', [program.call('L2Loss', [x]), program.float(2)])]);
  const lengths = {
    parameter: lengthOf(values.parameter as Handle),
    measured: lengthOf(layerwise.measured(arithmetic, values) as Handle),
  };
  const isThere = program.call('LogicalAnd', [
    program.call('Greater', [lengths.parameter, program.float(0)]),
    program.call('Greater', [lengths.measured, program.float(0)]),
  ]);
  const trust = layerwise.trust(arithmetic, lengths, values) as Handle;
  return program.call('SelectV2', [isThere, trust, program.float(1)]);
}
