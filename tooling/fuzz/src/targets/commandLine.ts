import { parseHubReference } from '../../../../apps/node-gpu/src/hub/reference.js';
import {
  numberOfAtLeast,
  oneOf,
  pictureSize,
  positiveNumber,
  positiveNumbers,
  share,
  shareAboveZero,
  shares,
  wholeNumber,
} from '../../../../apps/node-gpu/src/values.js';
import type { Target } from '../parser.ts';
import { eachOf, text, textOf } from './inputs.ts';

const readers = [
  wholeNumber('--epochs', 1),
  wholeNumber('--port', 0, 65_535),
  positiveNumber('--rate'),
  pictureSize('--size'),
  share('--momentum'),
  shareAboveZero('--swa'),
  shares('--shares'),
  numberOfAtLeast('--minutes', 0.5),
  positiveNumbers('--class-weights'),
  oneOf('--stages', 'full', 'frozen'),
];

/** A word, as an option's value and as a reference to the Hub. */
export const target: Target = {
  seeds: () =>
    [
      '12',
      '+3',
      '1e3',
      '-.5',
      '64x32',
      '0.5',
      '80/10/10',
      '1,2,3',
      'full',
      'balanced',
      '',
      'hf://a/b',
      'hf://a/b@main',
      'hf://../b@x/..',
    ].map(text),
  parse: (bytes) => {
    const word = textOf(bytes);
    return eachOf(
      ...readers.map((read) => () => {
        const value: unknown = read(word);
        for (const one of [value].flat())
          if (typeof one === 'number' && !Number.isFinite(one)) throw new Error(`${word}: ${one}`);
      }),
      () => {
        const { name, revision } = parseHubReference(word);
        if (`${name}/${revision}`.split('/').some((part) => part === '..' || part === ''))
          throw new Error(`leads out: ${word}`);
      },
    );
  },
};
