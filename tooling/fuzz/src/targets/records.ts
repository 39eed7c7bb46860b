import { record, wholeRecords } from '../../../../packages/logs/src/tensorBoard/records.js';
import type { Target } from '../parser.ts';
import { text } from './inputs.ts';

const one = record(text('an event'));

export const target: Target = {
  seeds: () => [
    one,
    Uint8Array.from([...one, ...record(new Uint8Array())]),
    one.subarray(0, 9),
    new Uint8Array(),
  ],
  parse: (bytes) => {
    const { count, end } = wholeRecords(bytes);
    if (end > bytes.length || count > 0 !== end > 0) throw new Error(`${count} records of ${end} bytes`);
  },
};
