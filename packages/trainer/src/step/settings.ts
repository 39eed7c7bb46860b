import { belowOne, type NumberRule, notNegative, positive, requireNumber, TrainerError } from '../error.js';
import type { Optimizer } from './rule.js';

/** What a setting may be: true or false, or a number with what to try instead of a wrong one. */
const checks: Readonly<Record<string, 'boolean' | { rule: NumberRule; fix: string }>> = {
  momentum: { rule: belowOne, fix: 'Try 0.9, or leave it out.' },
  nesterov: 'boolean',
  beta1: { rule: belowOne, fix: 'Try 0.9, or leave it out.' },
  beta2: { rule: belowOne, fix: 'Try 0.999, or leave it out.' },
  alpha: { rule: belowOne, fix: 'Try 0.99, or leave it out.' },
  epsilon: { rule: positive, fix: 'Try 1e-8, or leave it out.' },
  weightDecay: { rule: notNegative, fix: 'Try 5e-4, or leave it out.' },
  trustCoefficient: { rule: positive, fix: 'Try 0.001, or leave it out.' },
  alwaysAdapt: 'boolean',
  maxGradNorm: { rule: notNegative, fix: 'Try 1, or 0 for none.' },
};

/**
 * Checks the settings of an optimizer that is built in, and fills its defaults in.
 *
 * @param defaults of every setting that it has; that of the learning rate is undefined where there is none
 * @throws TrainerError `OPTION`
 */
export function completed<Value extends Optimizer>(
  name: Value['name'],
  given: object,
  defaults: Readonly<Record<Exclude<keyof Value & string, 'name'>, unknown>>,
): Value {
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
