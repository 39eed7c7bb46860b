import { linesOf } from '../../../../packages/pictures/src/node/csvLines.js';
import type { Target } from '../parser.ts';
import { eachOf, text } from './inputs.ts';

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
  ],
  parse: (bytes) =>
    eachOf(
      () => {
        for (const { path } of linesOf(bytes, 'labels.csv')) {
          if (path.split(/[\\/]/).includes('..') || path.startsWith('/'))
            throw new Error(`leads out: ${path}`);
        }
      },
      () => linesOf(bytes, 'labels.csv', 2),
    ),
};
