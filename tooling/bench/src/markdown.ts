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

/** The whole report, ready for a document. */
export function reportMarkdown(report: Report): string {
  const works = report.works.map((work) => workMarkdown(work, report.machine));
  const parts = [...works, table(versionTable(report)), list(runLines(report))];
  return parts.join('\n\n');
}

function workMarkdown(work: WorkReport, machine: Machine): string {
  const parts = [`**${workTitle(work)}**`, processorLine(machine)];
  if (work.results.length > 0) parts.push(table(resultTable(work)));
  for (const line of [bfloat16Line(work), secondsLine(work)]) if (line) parts.push(line);
  const counts = countTable(work);
  if (counts) parts.push('A step, on a device that only counts:', table(counts));
  for (const { peer, profile } of work.results) {
    if (profile === undefined) continue;
    const layers = profile.convolutions.length > 0;
    parts.push(
      `A step of ${peer}, by kernel${layers ? ' and by convolution' : ''}:`,
      table(kernelTable(profile)),
    );
    if (layers) parts.push(table(convolutionTable(profile)));
  }
  if (work.notMeasured.length > 0) {
    parts.push(`Not measured:\n\n${list(work.notMeasured.map(({ peer, reason }) => `${peer}: ${reason}`))}`);
  }
  return parts.join('\n\n');
}

function table({ headings, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), `|${'---|'.repeat(headings.length)}`, ...rows.map(line)].join('\n');
}

const list = (lines: string[]): string => lines.map((line) => `- ${line}`).join('\n');
