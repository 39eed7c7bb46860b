import type { LoadProgress } from '@residual/data';
import { type Examination, examine, UntrainableError } from '@residual/pictures/node';
import type { BackendOptions } from '../backends.js';
import { formatCount } from '../format.js';
import { Interruption, stoppable } from '../interruption.js';
import { print, printJson, remark } from '../output.js';
import type { TrainOptions } from '../run/options.js';
import type { PictureOptions } from '../run/pictureOptions.js';
import { planRun } from '../run/plan.js';
import type { SplitOptions } from '../run/splitOptions.js';
import { examinationLines, foundLines } from '../view/examination.js';
import { LiveLine } from '../view/liveLine.js';
import { trainLines, type WouldTrain, wouldTrain } from '../view/wouldTrain.js';

/** Those options of `train` that decide what pictures become, and what trains on them. */
export interface DataOptions
  extends BackendOptions,
    PictureOptions,
    SplitOptions,
    Pick<TrainOptions, 'recipe' | 'import' | 'pack'> {
  json?: boolean;
}

const DOING = {
  looking: 'Looking at headers',
  packing: 'Decoding pictures',
  examining: 'Comparing pictures',
};

/**
 * Prints what pictures there are, what may go wrong with them, and what `train` would do. Nothing is written into their folder.
 *
 * @throws what `train` would; before that, what was found of pictures that can't be trained on is printed.
 */
export async function data(what: string, { json, ...options }: DataOptions, version: string): Promise<void> {
  const line = process.stderr.isTTY ? new LiveLine(process.stderr) : undefined;
  const interruption = new Interruption(() => {
    line?.clear();
    remark('Stopped.');
  });
  const { signal } = interruption;
  const show = ({
    what: doing,
    done,
    total,
  }: LoadProgress | { what: 'examining'; done: number; total: number }) =>
    line?.show(`${DOING[doing]}  ${formatCount(done)}/${formatCount(total)}`);
  const result = await stoppable(signal, async (): Promise<[Examination, WouldTrain]> => {
    const plan = await planRun({ ...options, data: what }, version, { onProgress: show, signal });
    const pictures = { ...plan.data, task: plan.settings.task }; // as the network of this run would see them
    const found = await examine(pictures, {
      onProgress: (progress) => show({ what: 'examining', ...progress }),
      signal,
    });
    return [found, wouldTrain(plan)];
  })
    .finally(() => line?.clear())
    .catch((error: unknown) => {
      if (error instanceof UntrainableError) printFound(error, json);
      throw error;
    });
  process.exitCode = interruption.exitCode;
  if (result === undefined) return;
  const [found, train] = result;
  if (json) return printJson({ ...found, train });
  const columns = process.stdout.columns || 80;
  for (const text of examinationLines(found, columns)) print(text);
  print();
  for (const text of trainLines(train, columns)) print(text);
}

function printFound({ found, code, where, expected, received, fix }: UntrainableError, json = false): void {
  if (json) printJson({ ...found, train: null, refused: { code, where, expected, received, fix } });
  else for (const text of foundLines(found, process.stdout.columns || 80)) print(text);
}
