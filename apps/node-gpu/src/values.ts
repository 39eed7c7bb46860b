import { CommandError } from './error.js';

const WHOLE_NUMBER = /^\+?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Reads an option that takes a whole number of at least `least` and at most `most`. */
export function wholeNumber(option: string, least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text: string): number => {
    const value = WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw wrong(option, `a whole number ${range}`, text);
  };
}

/** Reads an option that takes a number above 0. */
export function positiveNumber(option: string, what = 'a number') {
  return (text: string): number => {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && Number.isFinite(value)) return value;
    throw wrong(option, `${what} above 0`, text);
  };
}

/** Reads an option that takes a share: a number of at least 0 and below 1. */
export function share(option: string) {
  return (text: string): number => {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value >= 0 && value < 1) return value;
    throw wrong(option, 'a number of at least 0 and below 1', text);
  };
}

function wrong(option: string, expected: string, text: string): CommandError {
  const received = text === '' ? 'nothing' : text;
  return new CommandError('USAGE', {
    where: option,
    expected,
    received,
    fix: 'Correct it, or leave the option out for the default.',
  });
}
