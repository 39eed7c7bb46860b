import { findPretrained, pretrainedRows, pretrainedTask, shippedRows } from '@residual/pretrained';
import { CommandError } from '../error.js';
import { print, printJson, style } from '../output.js';

export interface WeightsOptions {
  json?: boolean;
}

/** Lists the published weights that are known by name: all, or those with `text` in their names. Nothing is downloaded. */
export function weights(text = '', { json }: WeightsOptions): void {
  const rows = pretrainedRows.filter(({ name }) => name.includes(text));
  const shipped = shippedRows.filter(({ name }) => name.includes(text));
  if (rows.length + shipped.length === 0) {
    throw new CommandError('USAGE', {
      where: 'TEXT',
      expected: 'a part of the name of published weights',
      received: text,
      fix: 'List all by `residual weights`.',
    });
  }
  const one = findPretrained(text);
  if (json) {
    for (const row of shipped) printJson(row);
    for (const row of rows) printJson(one === row ? { ...row, task: pretrainedTask(row) } : row);
    return;
  }
  const width = Math.max(...[...shipped, ...rows].map(({ name }) => name.length));
  for (const { name, license, summary } of shipped)
    print(
      `${style('bold', name.padEnd(width))}  ${'comes with it'.padEnd(20)}  ${license.padEnd(12)}  ${summary}`,
    );
  for (const { name, file, hub, license, preprocessing } of rows) {
    const { size, resize, interpolation } = preprocessing;
    const picture = `${size[0]} of ${resize}, ${interpolation}`.padEnd(20);
    print(`${style('bold', name.padEnd(width))}  ${picture}  ${license.padEnd(12)}  ${file ?? hub}`);
  }
}
