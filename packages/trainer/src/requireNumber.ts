import { TrainerError } from './error.js';

export interface NumberRule {
  /** What is asked for, such as `a number of at least 0`. */
  expected: string;
  accepts(value: number): boolean;
}

export const positiveInteger: NumberRule = {
  expected: 'an integer of at least 1',
  accepts: (value) => Number.isSafeInteger(value) && value >= 1,
};

export const positive: NumberRule = {
  expected: 'a number above 0',
  accepts: (value) => Number.isFinite(value) && value > 0,
};

export const notNegative: NumberRule = {
  expected: 'a number of at least 0',
  accepts: (value) => Number.isFinite(value) && value >= 0,
};

export const belowOne: NumberRule = {
  expected: 'a number of at least 0 and below 1',
  accepts: (value) => value >= 0 && value < 1,
};

/** @throws TrainerError `OPTION` naming the option, unless the rule accepts its value. */
export function requireNumber(where: string, value: number, rule: NumberRule, fix = 'Correct it.'): void {
  if (typeof value === 'number' && rule.accepts(value)) return;
  throw new TrainerError('OPTION', { where, expected: rule.expected, received: String(value), fix });
}
