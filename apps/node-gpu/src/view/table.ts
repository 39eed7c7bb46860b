import { print, style } from '../output.js';

/** Prints rows in columns of the width that they need, the first as their header. @param words which columns are of words, aligned left */
export function printTable(
  [header = [], ...rows]: readonly (readonly string[])[],
  words: readonly number[],
): void {
  const widths = header.map((word, column) =>
    Math.max(word.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((word, column) =>
        words.includes(column) ? word.padEnd(widths[column]!) : word.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  print(style('bold', line(header)));
  for (const row of rows) print(line(row));
}
