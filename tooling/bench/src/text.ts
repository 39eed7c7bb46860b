import type { Machine } from './machine.ts';
import { convolutionTable, kernelTable } from './profileTable.ts';
import type { Report, WorkReport } from './report.ts';
import {
  bfloat16Line,
  countTable,
  processorLine,
  resultTable,
  runLines,
  secondsLine,
  type Table,
  versionTable,
  workTitle,
} from './table.ts';

/** A work for the terminal. */
export function workText(work: WorkReport, machine: Machine): string {
  const lines = ['', workTitle(work), `  ${processorLine(machine)}`];
  if (work.results.length > 0) lines.push(...aligned(resultTable(work)));
  for (const line of [bfloat16Line(work), secondsLine(work)]) if (line) lines.push(`  ${line}`);
  const counts = countTable(work);
  if (counts) lines.push('  a step, on a device that only counts:', ...aligned(counts));
  for (const { peer, profile } of work.results) {
    if (profile === undefined) continue;
    lines.push(`  a step of ${peer}, by kernel:`, ...aligned(kernelTable(profile)));
    if (profile.convolutions.length === 0) continue;
    lines.push(`  a step of ${peer}, by convolution:`, ...aligned(convolutionTable(profile)));
  }
  if (work.notMeasured.length > 0) lines.push('  not measured:');
  for (const { peer, reason } of work.notMeasured) lines.push(`    ${peer}: ${reason}`);
  return lines.join('\n');
}

/** What the works have in common, for the terminal. */
export function runText(report: Report): string {
  return ['', ...aligned(versionTable(report)), '', ...runLines(report)].join('\n');
}

/** Columns of equal width, numbers to the right. */
function aligned({ headings, rows }: Table): string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const isNumber = headings.map((_, column) => rows.every((row) => /^[\d.]*$/.test(row[column]!)));
  return all.map((row) => {
    const cells = row.map((cell, column) =>
      isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    );
    return `  ${cells.join('  ').trimEnd()}`;
  });
}
