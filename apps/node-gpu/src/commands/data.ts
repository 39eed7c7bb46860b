import { examine } from '@residual/pictures/node';
import type { BackendOptions } from '../backends.js';
import { print, printJson } from '../output.js';
import { planRun } from '../run/plan.js';
import { examinationLines } from '../view/examination.js';
import { LiveLine } from '../view/liveLine.js';
import { trainLines, wouldTrain } from '../view/wouldTrain.js';

export interface DataOptions extends BackendOptions {
  recipe?: string;
  import?: string[];
  json?: boolean;
}

/** Prints what pictures there are, what may go wrong with them, and what `train` would do. Nothing is written into their folder. */
export async function data(what: string, { json, ...options }: DataOptions, version: string): Promise<void> {
  const plan = await planRun({ ...options, data: what }, version);
  const line = process.stderr.isTTY ? new LiveLine(process.stderr) : undefined;
  const found = await examine(
    { ...plan.data, task: plan.settings.task },
    {
      onProgress: ({ done, total }) => line?.show(`Looking at pictures: ${done} of ${total}`),
    },
  );
  line?.clear();
  const train = wouldTrain(plan);
  if (json) return printJson({ ...found, train });
  const columns = process.stdout.columns || 80;
  for (const text of examinationLines(found, columns)) print(text);
  print();
  for (const text of trainLines(train, columns)) print(text);
}
