import { writeFile } from 'node:fs/promises';
import { functionClassesPage } from '../figure/page.js';
import { print, printJson } from '../output.js';

/** Figures that are computed, by name. */
const figures = { 'function-classes': functionClassesPage } as const;

export type FigureName = keyof typeof figures;

/** Computes a figure of the chapter and writes it as one page. */
export async function figure(
  name: FigureName,
  { out = `${name}.html`, json }: { out?: string; json?: boolean },
): Promise<void> {
  await writeFile(out, figures[name]());
  if (json) printJson({ type: 'figure', name, file: out });
  else print(`Drew ${name}: open ${out} in a browser.`);
}
