import {
  belowOne,
  type NumberRule,
  notNegative,
  positive,
  positiveInteger,
  requireNumber,
  TrainerError,
} from '../error.js';
import type { Optimizer } from './rule.js';

/** What a setting may be: true or false, or a number with what to try instead of a wrong one. */
const checks: Readonly<Record<string, 'boolean' | { rule: NumberRule; fix: string }>> = {
  momentum: { rule: belowOne, fix: 'Try 0.9, or leave it out.' },
  nesterov: 'boolean',
  beta1: { rule: belowOne, fix: 'Try 0.9, or leave it out.' },
  beta2: { rule: belowOne, fix: 'Try 0.999, or leave it out.' },
  alpha: { rule: belowOne, fix: 'Try 0.99, or leave it out.' },
  iterations: { rule: positiveInteger, fix: 'Try 5, or leave it out.' },
  epsilon: { rule: positive, fix: 'Try 1e-8, or leave it out.' },
  weightDecay: { rule: notNegative, fix: 'Try 5e-4, or leave it out.' },
  trustCoefficient: { rule: positive, fix: 'Try 0.001, or leave it out.' },
  alwaysAdapt: 'boolean',
  maxGradNorm: { rule: notNegative, fix: 'Try 1, or 0 for none.' },
};

const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const velocity = { momentum: 0, nesterov: false };

/**
 * Every setting of each optimizer that is built in, with what it is where nothing else is said: PyTorch's defaults, of `lion`,
 * `lamb` and `lars` timm's. Undefined: there is none.
 */
export const optimizerDefaults = {
  sgd: { learningRate: undefined, ...velocity, weightDecay: 0 },
  adam: { learningRate: 1e-3, ...moments, weightDecay: 0 },
  adamw: { learningRate: 1e-3, ...moments, weightDecay: 0.01 },
  rmsprop: { learningRate: 0.01, alpha: 0.99, epsilon: 1e-8, momentum: 0, weightDecay: 0 },
  lion: { learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0 },
  lamb: {
    ...{ learningRate: 1e-3, ...moments, epsilon: 1e-6, weightDecay: 0.01 },
    ...{ maxGradNorm: 1, alwaysAdapt: false },
  },
  lars: {
    ...{ learningRate: 1, ...velocity, weightDecay: 0 },
    ...{ trustCoefficient: 0.001, epsilon: 1e-8, alwaysAdapt: false },
  },
  muon: {
    ...{ learningRate: 1e-3, momentum: 0.95, nesterov: true, iterations: 5 },
    ...{ ...moments, weightDecay: 0.1 },
  },
} as const;

/**
 * Checks the settings of an optimizer that is built in, and fills its defaults in.
 *
 * @throws TrainerError `OPTION`
 */
export function completed<Value extends Optimizer>(
  name: Value['name'] & keyof typeof optimizerDefaults,
  given: object,
): Value {
  const defaults: Readonly<Record<string, unknown>> = optimizerDefaults[name];
  const value: Record<string, unknown> = { name };
  for (const [setting, standard] of Object.entries(defaults)) {
    value[setting] = (given as Record<string, unknown>)[setting] ?? standard;
    requireSetting(`${name}: ${setting}`, value[setting], setting, standard);
  }
  const unknown = Object.keys(given).find((setting) => !(setting in value));
  if (unknown !== undefined) {
    const expected = `settings out of ${Object.keys(defaults).join(', ')}`;
    throw optionProblem(`optimizer ${name}`, expected, unknown, 'Correct the name, or leave it out.');
  }
  return value as Value;
}

function requireSetting(where: string, value: unknown, setting: string, standard: unknown): void {
  const check =
    setting === 'learningRate' ? { rule: positive, fix: `Try ${standard ?? 0.01}.` } : checks[setting]!;
  if (check !== 'boolean') requireNumber(where, value as number, check.rule, check.fix);
  else if (typeof value !== 'boolean') throw optionProblem(where, 'true or false', String(value));
}

export function optionProblem(
  where: string,
  expected: string,
  received: string,
  fix = 'Correct it.',
): TrainerError {
  return new TrainerError('OPTION', { where, expected, received, fix });
}

/** @throws TrainerError `OPTION` for Nesterov without momentum */
export function requireMomentum({ name, momentum, nesterov }: Optimizer): void {
  if (!nesterov || momentum !== 0) return;
  const fix = 'Give a momentum such as 0.9, or leave nesterov out.';
  throw optionProblem(`${name}: nesterov`, 'a momentum above 0 with it', '0', fix);
}
