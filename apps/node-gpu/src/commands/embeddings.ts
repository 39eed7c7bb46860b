import { print, printData, printJson, style } from '../output.js';
import { type Answers, csvCell, csvPath } from './answers.js';

/** How many numbers people are shown. */
const SHOWN = 6;

/** Tells what a network makes of each picture: for people how it begins; as JSON, an object a line; or as CSV, a row a picture. */
export function embeddingsAs(form: 'text' | 'json' | 'csv', width: number): Answers<Float32Array> {
  if (form === 'json') {
    return { begin() {}, show: (file, values) => printJson({ file, embedding: Array.from(values) }) };
  }
  if (form === 'text') return { begin() {}, show: printSome };
  const header = ['path', ...Array.from({ length: width }, (_, i) => `feature_${i + 1}`)].join(',');
  return {
    begin: () => printData(header),
    show: (file, values) => printData([csvCell(csvPath(file)), ...values].join(',')),
  };
}

function printSome(file: string, values: Float32Array): void {
  const some = Array.from(values.subarray(0, SHOWN), (value) => value.toPrecision(4)).join(' ');
  print(style('bold', file));
  print(`  ${values.length} numbers: ${some}${values.length > SHOWN ? ' ...' : ''}`);
}
