import { describe, expect, it } from 'vitest';
import { positiveNumber, wholeNumber } from './values.js';

describe('wholeNumber', () => {
  const read = wholeNumber('--epochs', 1, 100);

  it.each(['1', '100', '+7', '007'])('takes %s', (text) => expect(read(text)).toBe(Number(text)));

  it.each(['0', '101', '-1', '1.5', '1e2', '0x10', '', ' 1', 'ten', 'NaN', 'Infinity', '9'.repeat(400)])(
    'refuses "%s"',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
      expect(() => read(text)).toThrow(/^--epochs: expected a whole number from 1 to 100, received /);
    },
  );
});

it('a word that is refused is told in one line', () => {
  expect(() => wholeNumber('--epochs', 1)('31\n2')).toThrow(/received "31\\n2"\. .*default\.$/);
  expect(() => wholeNumber('--epochs', 1)('x'.repeat(5000))).toThrow(/^.{1,400}$/);
});

describe('positiveNumber', () => {
  const read = positiveNumber('--learning-rate');

  it.each(['0.01', '.5', '1e-3', '2', '1.'])('takes %s', (text) => expect(read(text)).toBe(Number(text)));

  it.each(['0', '-0.1', '', 'Infinity', '1e999', '0x1', '1,5', 'fast'])('refuses "%s"', (text) => {
    expect(() => read(text)).toThrow(/^--learning-rate: expected a number above 0, received /);
  });
});
