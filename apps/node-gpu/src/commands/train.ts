import type { EndEvent } from '@residual/trainer';
import { formatDuration, formatLoss, formatShare } from '../format.js';
import { Interruption } from '../interruption.js';
import { print, printJson, remark, whenOutputCloses } from '../output.js';
import { shellQuote } from '../quote.js';
import { beginRun } from '../run/begin.js';
import { conduct } from '../run/conduct.js';
import { conductHalving } from '../run/conductHalving.js';
import { continueRun } from '../run/continue.js';
import { RunFolder } from '../run/folder.js';
import type { TrainOptions } from '../run/trainOptions.js';
import { createView } from '../view/createView.js';

/** Trains a network into a new run folder, or goes on with the run of an old one. */
export async function train(options: TrainOptions, version: string): Promise<void> {
  const startedAt = performance.now();
  const view = createView(options.json);
  const interruption = new Interruption(() => {
    view.close();
    remark('Stopping: this step is finished and a checkpoint saved first. Once more stops at once.');
  });
  whenOutputCloses(() => interruption.request('SIGPIPE'));

  const resumed = options.resume === undefined ? undefined : await RunFolder.open(options.resume, '--resume');
  const prepared = resumed
    ? await continueRun(resumed, options, interruption.signal)
    : await beginRun(options, version, interruption.signal);
  if (prepared === undefined) {
    if (resumed) sayComplete(resumed, options.json);
    else remark('Stopped before the run began.');
  } else {
    const end = await (options.halveBatch ? conductHalving : conduct)(prepared, view);
    const isCompleted = end?.reason === 'completed';
    if (isCompleted && !options.json) sayDone(prepared.folder, end, (performance.now() - startedAt) / 1000);
    if (isCompleted) return;
    remark(
      `Stopped after step ${end?.step}. Go on with: residual train --resume ${shellQuote(prepared.folder.path)}`,
    );
  }
  process.exitCode = interruption.exitCode;
}

function sayComplete({ path }: RunFolder, json = false): void {
  if (json) printJson({ type: 'complete', folder: path });
  else
    print(
      `${path} is complete: there is nothing left to train. Try: residual evaluate --run ${shellQuote(path)}`,
    );
}

function sayDone(folder: RunFolder, { history, best }: EndEvent, seconds: number): void {
  const last = history.at(-1);
  print();
  print(`Done in ${formatDuration(seconds)}.`);
  if (last?.validationAccuracy !== undefined && last.validationLoss !== undefined) {
    const bestText =
      best && best.epoch !== last.epoch
        ? `, best ${formatShare(best.validationAccuracy)} after epoch ${best.epoch}`
        : '';
    print(
      `Test accuracy ${formatShare(last.validationAccuracy)}${bestText}; loss ${formatLoss(last.validationLoss)}.`,
    );
  }
  print(`Model:  ${folder.file('model.safetensors')}`);
  print(`Curves: ${folder.file('curves.png')}`);
  print(`Try:    residual predict PICTURE --run ${shellQuote(folder.path)}`);
}
