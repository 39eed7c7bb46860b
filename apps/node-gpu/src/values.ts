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

const SIZE = /^(\d{1,5})(?:x(\d{1,5}))?$/;

/** Reads an option that takes a size of pictures: `64`, or `HEIGHTxWIDTH`. */
export function pictureSize(option: string) {
  return (text: string): readonly [height: number, width: number] => {
    const [, height = '0', width = height] = SIZE.exec(text) ?? [];
    if (Number(height) > 0 && Number(width) > 0) return [Number(height), Number(width)];
    throw wrong(option, 'a number of pixels, or HEIGHTxWIDTH', text);
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

/** Reads an option that takes a share of something that is there: a number above 0 and at most 1. */
export function shareAboveZero(option: string) {
  return (text: string): number => {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= 1) return value;
    throw wrong(option, 'a number above 0 and at most 1', text);
  };
}

/** Reads an option that takes three shares of a hundred: `80/10/10`. */
export function shares(option: string) {
  return (text: string): readonly [number, number, number] => {
    const values = text.split('/').map((one) => (NUMBER.test(one) ? Number(one) : Number.NaN));
    const [train = 0, validation = 0, test = 0] = values;
    const areShares = values.length === 3 && values.every((value) => value >= 0) && train > 0;
    if (areShares && Math.abs(train + validation + test - 100) < 1e-6) return [train, validation, test];
    throw wrong(option, 'three numbers that come to 100, such as 80/10/10, the first above 0', text);
  };
}

/** Reads an option that takes a number of at least `least`. */
export function numberOfAtLeast(option: string, least: number) {
  return (text: string): number => {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value >= least && Number.isFinite(value)) return value;
    throw wrong(option, `a number of at least ${least}`, text);
  };
}

/** Reads an option that takes numbers above 0 with commas between them. */
export function positiveNumbers(option: string) {
  return (text: string): number[] => {
    const values = text.split(',').map((part) => (NUMBER.test(part) ? Number(part) : Number.NaN));
    if (values.every((value) => value > 0 && Number.isFinite(value))) return values;
    throw wrong(option, 'balanced, or numbers above 0 with commas between them', text);
  };
}

/** Reads an option that takes one of these words. */
export function oneOf<Word extends string>(option: string, ...words: Word[]) {
  return (text: string): Word => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw wrong(option, words.join(' or '), text);
  };
}

/** A word of the command line as a message has it. */
export function said(word: string): string {
  if (word === '') return 'nothing';
  return word.length <= 200 && !/\p{Cc}/u.test(word) ? word : JSON.stringify(word.slice(0, 200));
}

function wrong(option: string, expected: string, text: string): CommandError {
  const received = said(text);
  return new CommandError('USAGE', {
    where: option,
    expected,
    received,
    fix: 'Correct it, or leave the option out for the default.',
  });
}
