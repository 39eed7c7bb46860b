import { linesOf } from '../../../../packages/pictures/src/node/csvLines.js';
import { joined } from '../mutate.ts';
import type { Target } from '../parser.ts';
import { eachOf, text, WRAPPED, wrapped } from './inputs.ts';

/** Of a line, and of a file. */
const [TOO_LONG, TOO_LARGE] = [70_000, 64 * 2 ** 20 + 1];

export const target: Target = {
  seeds: () => [
    text('path,label\na/1.png,cat\n'),
    text('a.png;cat;train\r\nb.png;"d;""og";test\r\n'),
    text('\uFEFFimage\tsplit\tspecies\na.png\tval\tcat\n'),
    text('label,thing\ncat,a.png\n'),
    text('a.png,"cat\nb.png'),
    text('../a.png,cat\n'),
    text('C:\\a.png,cat\n'),
    text(`${'x'.repeat(9000)},a\n`.repeat(1)),
    Uint8Array.of(0xff, 0xfe, 0x61, 0),
    wrapped(text(`"${'x'.repeat(1000)}`)),
    wrapped(text(`a.png,cat\n"b`)),
    wrapped(new Uint8Array()),
  ],
  parse: (given) => {
    const bytes = lengthened(given);
    return eachOf(
      () => {
        for (const { path } of linesOf(bytes, 'labels.csv')) {
          if (path.split(/[\\/]/).includes('..') || path.startsWith('/'))
            throw new Error(`leads out: ${path}`);
        }
      },
      () => linesOf(bytes, 'labels.csv', 2),
    );
  },
};

/** Longer than an input may be: one that begins with a mark stands for itself again and again, and the mark alone for a file of the size that none may have. */
function lengthened(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== WRAPPED) return bytes;
  const rest = bytes.subarray(1);
  if (rest.length === 0) return new Uint8Array(TOO_LARGE);
  return joined(...Array.from({ length: Math.ceil(TOO_LONG / rest.length) }, () => rest));
}
