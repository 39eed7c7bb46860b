import type { Classification } from '@residual/runs';
import { formatShare } from '../format.js';
import { print, printData, printJson, style } from '../output.js';

/** Tells something of each picture, in the order of the pictures. */
export interface Answers<Answer> {
  begin(): void;
  show(file: string, answer: Answer): void;
}

/** What is in each: for people; as JSON, an object a line; or as CSV, a row a picture. */
export function answersAs(form: 'text' | 'json' | 'csv', top: number): Answers<readonly Classification[]> {
  if (form === 'json') return { begin() {}, show: (file, classes) => printJson({ file, classes }) };
  if (form === 'text') return { begin() {}, show: printClasses };
  return {
    begin: () => printData(csvHeader(top)),
    show: (file, classes) => printData(csvRow(file, classes, top)),
  };
}

const BAR_WIDTH = 20;

function printClasses(file: string, classes: readonly Classification[]): void {
  const width = Math.max(...classes.map(({ className }) => className.length));
  print(style('bold', file));
  for (const { className, probability } of classes) {
    const bar = '━'.repeat(Math.round(BAR_WIDTH * probability));
    print(`  ${className.padEnd(width)}  ${formatShare(probability).padStart(8)}  ${bar}`.trimEnd());
  }
}

export function csvHeader(top: number): string {
  const columns = Array.from({ length: top }, (_, i) => (i === 0 ? '' : `_${i + 1}`));
  return ['path', ...columns.flatMap((which) => [`label${which}`, `probability${which}`])].join(',');
}

export function csvRow(file: string, classes: readonly Classification[], top: number): string {
  const cells = classes.flatMap(({ className, probability }) => [csvLabel(className), `${probability}`]);
  const empty = new Array<string>(2 * Math.max(0, top - classes.length)).fill('');
  return [csvPath(file), ...cells, ...empty].map(csvCell).join(',');
}

/** What a spreadsheet takes for a formula when a cell begins with it. */
const FORMULA = /^[=+\-@\t\r]/;

/** The same file, and no formula. */
export function csvPath(file: string): string {
  return FORMULA.test(file) ? `./${file}` : file;
}

/** A number is no formula; any other label that begins like one gets an apostrophe, which spreadsheets don't show. */
function csvLabel(label: string): string {
  return FORMULA.test(label) && Number.isNaN(Number(label)) ? `'${label}` : label;
}

/** Source: RFC 4180, section 2. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
