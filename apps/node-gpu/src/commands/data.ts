import type { LoadProgress } from '@residual/data';
import {
  type Examination,
  examine,
  UntrainableError,
  type WrittenShards,
  writeShards,
} from '@residual/pictures/node';
import type { BackendOptions } from '../backends.js';
import { formatCount } from '../format.js';
import { Interruption, stoppable } from '../interruption.js';
import { print, printJson, remark, shellQuote } from '../output.js';
import { checkUnused } from '../run/folder.js';
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
  /** The folder of shards to write. */
  shards?: string;
}

const DOING = {
  looking: 'Looking at headers',
  packing: 'Decoding pictures',
  examining: 'Comparing pictures',
  writing: 'Writing shards',
};

/** How far something has come that is shown. */
type Doing = { what: keyof typeof DOING; done: number; total: number };

/**
 * Prints what pictures there are, what may go wrong with them, and what `train` would do; or writes them into shards. Nothing is
 * written into their folder.
 *
 * @throws what `train` would; before that, what was found of pictures that can't be trained on is printed.
 */
export async function data(
  what: string,
  { json, shards, ...options }: DataOptions,
  version: string,
): Promise<void> {
  if (shards !== undefined) await checkUnused(shards, '--shards'); // before pictures are decoded for hours
  const line = process.stderr.isTTY ? new LiveLine(process.stderr) : undefined;
  const interruption = new Interruption(() => {
    line?.clear();
    remark('Stopped.');
  });
  const { signal } = interruption;
  const show = ({ what: doing, done, total }: LoadProgress | Doing) =>
    line?.show(`${DOING[doing]}  ${formatCount(done)}/${formatCount(total)}`);
  const result = await stoppable(signal, async (): Promise<[Examination, WouldTrain] | WrittenShards> => {
    const plan = await planRun({ ...options, data: what }, version, { onProgress: show, signal });
    const pictures = { ...plan.data, task: plan.settings.task }; // as the network of this run would see them
    if (shards !== undefined) {
      const onProgress = (progress: Omit<Doing, 'what'>) => show({ what: 'writing', ...progress });
      return writeShards(pictures, shards, { onProgress, signal });
    }
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
  if ('shards' in result) return sayWritten(shards!, result, json);
  const [found, train] = result;
  if (json) return printJson({ ...found, train });
  const columns = process.stdout.columns || 80;
  for (const text of examinationLines(found, columns)) print(text);
  print();
  for (const text of trainLines(train, columns)) print(text);
}

function sayWritten(to: string, written: WrittenShards, json = false): void {
  if (json) {
    printJson({ to, ...written });
    return;
  }
  const { pictures, shards, bytes } = written;
  const size = `${formatCount(Math.ceil(bytes / 1e6))} MB`;
  print(
    `wrote ${formatCount(pictures)} pictures into ${formatCount(shards)} shards, ${size} in all, in ${to}`,
  );
  print(`Train on them: residual train --data ${shellQuote(to)}`);
}

function printFound({ found, code, where, expected, received, fix }: UntrainableError, json = false): void {
  if (json) printJson({ ...found, train: null, refused: { code, where, expected, received, fix } });
  else for (const text of foundLines(found, process.stdout.columns || 80)) print(text);
}
