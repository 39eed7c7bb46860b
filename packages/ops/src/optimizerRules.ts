import { power } from '@residual/random';

/** What rules are written in: of tensors, of a graph's nodes, of a shader's text. Operands may be scalars. */
export interface RuleArithmetic<T> {
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  sqrt(a: T): T;
  /** -1, 0 or 1. */
  sign(a: T): T;
}

/** The settings of an optimizer that its rule reads. */
export type RuleSettings = { readonly [name: string]: string | number | boolean | undefined };

/** What a rule knows of one parameter. */
export interface RuleValues<T, Slot extends string = string, Constant extends string = string> {
  parameter: T;
  /** Clipped. */
  gradient: T;
  /** What the rule keeps between steps: zeros before the first. */
  slots: Readonly<Record<Slot, T>>;
  /** Of this step and this parameter. */
  learningRate: T;
  weightDecay: T;
  constants: Readonly<Record<Constant, T>>;
  /** The layer's, of a rule that has one. */
  trust: T;
}

export interface RuleResult<T, Slot extends string = string> {
  parameter: T;
  slots: Readonly<Record<Slot, T>>;
}

/**
 * How an optimizer moves a parameter, element by element, once for every backend that computes by what is written here.
 * What all rules have in common (clipping, averages, what isn't finite) is `optimizerUpdate`'s.
 */
export interface Rule<Slot extends string = string, Constant extends string = string> {
  slots(settings: RuleSettings): readonly Slot[];
  /** The numbers of a step, in an order that kernels may rely on. @param step from 0 */
  constants(settings: RuleSettings, step: number): Readonly<Record<Constant, number>>;
  next<T>(
    arithmetic: RuleArithmetic<T>,
    values: RuleValues<T, Slot, Constant>,
    settings: RuleSettings,
  ): RuleResult<T, Slot>;
  /**
   * Of a layer-wise rule: what is measured beside the parameter, and the trust by both lengths. Where one of them is 0, and for
   * parameters without weight decay (unless the setting `alwaysAdapt` is true), the trust is 1.
   */
  readonly layerwise?: {
    measured<T>(arithmetic: RuleArithmetic<T>, values: RuleValues<T, Slot, Constant>): T;
    trust<T>(
      arithmetic: RuleArithmetic<T>,
      lengths: { parameter: T; measured: T },
      values: Pick<RuleValues<T, Slot, Constant>, 'weightDecay' | 'constants'>,
    ): T;
  };
}

/** Stochastic gradient descent: PyTorch's `torch.optim.SGD`; Sutskever et al. 2013 for Nesterov's form. */
const sgd: Rule<'velocity', 'momentum'> = {
  slots: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
  constants: ({ momentum }) => ({ momentum: momentum as number }),
  next: (a, { parameter, gradient, slots, learningRate, weightDecay, constants }, settings) => {
    const decayed = a.add(gradient, a.mul(parameter, weightDecay));
    const { direction, kept } = descent(a, decayed, slots.velocity, constants.momentum, settings);
    return { parameter: a.sub(parameter, a.mul(direction, learningRate)), slots: kept };
  },
};

function descent<T>(
  a: RuleArithmetic<T>,
  gradient: T,
  old: T,
  momentum: T,
  settings: RuleSettings,
): { direction: T; kept: Record<'velocity', T> } {
  if (settings.momentum === 0) return { direction: gradient, kept: {} as Record<'velocity', T> };
  const velocity = a.add(a.mul(old, momentum), gradient);
  const direction = settings.nesterov ? a.add(gradient, a.mul(velocity, momentum)) : velocity;
  return { direction, kept: { velocity } };
}

type Moment = 'm' | 'v';
type MomentConstant = 'beta1' | 'rest1' | 'beta2' | 'rest2' | 'scale1' | 'scale2' | 'epsilon';

/** The slots begin with zeros: `scale1` and `scale2` undo what that makes too small, of m and of the square root of v. */
function momentConstants(settings: RuleSettings, step: number): Record<MomentConstant, number> {
  const { beta1, beta2, epsilon } = settings as { beta1: number; beta2: number; epsilon: number };
  const scale1 = 1 / (1 - power(beta1, step + 1));
  const scale2 = 1 / Math.sqrt(1 - power(beta2, step + 1));
  return { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, scale1, scale2, epsilon };
}

/** Kingma and Ba, "Adam" (arXiv 1412.6980), algorithm 1. */
function moments<T>(
  a: RuleArithmetic<T>,
  {
    gradient,
    slots,
    constants: c,
  }: Pick<RuleValues<T, Moment, MomentConstant>, 'gradient' | 'slots' | 'constants'>,
): { direction: T; kept: Record<Moment, T> } {
  const m = a.add(a.mul(slots.m, c.beta1), a.mul(gradient, c.rest1));
  const v = a.add(a.mul(slots.v, c.beta2), a.mul(a.mul(gradient, gradient), c.rest2));
  const deviation = a.add(a.mul(a.sqrt(v), c.scale2), c.epsilon);
  return { direction: a.div(a.mul(m, c.scale1), deviation), kept: { m, v } };
}

/** `torch.optim.Adam`: weight decay is part of the gradient. */
const adam: Rule<Moment, MomentConstant> = {
  slots: () => ['m', 'v'],
  constants: momentConstants,
  next: (a, values) => {
    const { parameter, learningRate, weightDecay } = values;
    const gradient = a.add(values.gradient, a.mul(parameter, weightDecay));
    const { direction, kept } = moments(a, { ...values, gradient });
    return { parameter: a.sub(parameter, a.mul(direction, learningRate)), slots: kept };
  },
};

/** The parameter moved against a direction, and decayed apart from it: Loshchilov and Hutter (arXiv 1711.05101). */
function decoupled<T>(
  a: RuleArithmetic<T>,
  { parameter, learningRate, weightDecay }: Pick<RuleValues<T>, 'parameter' | 'learningRate' | 'weightDecay'>,
  direction: T,
): T {
  const decay = a.mul(parameter, a.mul(learningRate, weightDecay));
  return a.sub(parameter, a.add(decay, a.mul(direction, learningRate)));
}

/** `torch.optim.AdamW`. */
const adamw: Rule<Moment, MomentConstant> = {
  ...adam,
  next: (a, values) => {
    const { direction, kept } = moments(a, values);
    return { parameter: decoupled(a, values, direction), slots: kept };
  },
};

/** `torch.optim.RMSprop`, not centred; Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012. */
const rmsprop: Rule<'v' | 'velocity', 'momentum' | 'alpha' | 'rest' | 'epsilon'> = {
  slots: ({ momentum }) => (momentum === 0 ? ['v'] : ['v', 'velocity']),
  constants: (settings) => {
    const { alpha, momentum, epsilon } = settings as { alpha: number; momentum: number; epsilon: number };
    return { momentum, alpha, rest: 1 - alpha, epsilon };
  },
  next: (a, { parameter, gradient, slots, learningRate, weightDecay, constants: c }, settings) => {
    const decayed = a.add(gradient, a.mul(parameter, weightDecay));
    const v = a.add(a.mul(slots.v, c.alpha), a.mul(a.mul(decayed, decayed), c.rest));
    const scaled = a.div(decayed, a.add(a.sqrt(v), c.epsilon));
    const { direction, kept } = descent(a, scaled, slots.velocity, c.momentum, {
      ...settings,
      nesterov: false,
    });
    return { parameter: a.sub(parameter, a.mul(direction, learningRate)), slots: { v, ...kept } };
  },
};

/** timm's `Lion`; Chen et al., "Symbolic Discovery of Optimization Algorithms" (arXiv 2302.06675). */
const lion: Rule<'m', 'beta1' | 'rest1' | 'beta2' | 'rest2'> = {
  slots: () => ['m'],
  constants: (settings) => {
    const { beta1, beta2 } = settings as { beta1: number; beta2: number };
    return { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2 };
  },
  next: (a, values) => {
    const { gradient, slots, constants: c } = values;
    const direction = a.sign(a.add(a.mul(slots.m, c.beta1), a.mul(gradient, c.rest1)));
    const m = a.add(a.mul(slots.m, c.beta2), a.mul(gradient, c.rest2));
    return { parameter: decoupled(a, values, direction), slots: { m } };
  },
};

/** timm's `Lamb`; You et al., "Large Batch Optimization for Deep Learning" (arXiv 1904.00962). */
const lamb: Rule<Moment, MomentConstant> = {
  ...adam,
  next: (a, values) => {
    const { parameter, learningRate, weightDecay, trust } = values;
    const { direction, kept } = moments(a, values);
    const decayed = a.add(direction, a.mul(parameter, weightDecay));
    return { parameter: a.sub(parameter, a.mul(decayed, a.mul(learningRate, trust))), slots: kept };
  },
  layerwise: {
    measured: (a, values) => a.add(moments(a, values).direction, a.mul(values.parameter, values.weightDecay)),
    trust: (a, lengths) => a.div(lengths.parameter, lengths.measured),
  },
};

/** timm's `Lars`; You et al., "Large Batch Training of Convolutional Networks" (arXiv 1708.03888). */
const lars: Rule<'velocity', 'momentum' | 'trustCoefficient' | 'epsilon'> = {
  slots: sgd.slots,
  constants: (settings) => {
    const { momentum, trustCoefficient, epsilon } = settings as Record<string, number>;
    return { momentum: momentum!, trustCoefficient: trustCoefficient!, epsilon: epsilon! };
  },
  next: (a, { parameter, gradient, slots, learningRate, weightDecay, constants, trust }, settings) => {
    const decayed = a.mul(a.add(gradient, a.mul(parameter, weightDecay)), trust);
    const { direction, kept } = descent(a, decayed, slots.velocity, constants.momentum, settings);
    return { parameter: a.sub(parameter, a.mul(direction, learningRate)), slots: kept };
  },
  layerwise: {
    measured: (_, { gradient }) => gradient,
    trust: (a, { parameter, measured }, { weightDecay, constants }) => {
      const length = a.add(a.add(measured, a.mul(parameter, weightDecay)), constants.epsilon);
      return a.div(a.mul(parameter, constants.trustCoefficient), length);
    },
  },
};

const rules = { sgd, adam, adamw, rmsprop, lion, lamb, lars };

/** An optimizer that backends have a kernel for. */
export type RuleName = keyof typeof rules;

/** The rule of an optimizer that is built in. */
export function ruleOf(name: RuleName): Rule {
  return rules[name] as unknown as Rule;
}

/** Whether a layer-wise rule measures a parameter with this weight decay. */
export function isAdapted(weightDecay: number, { alwaysAdapt }: RuleSettings): boolean {
  return weightDecay !== 0 || alwaysAdapt === true;
}
