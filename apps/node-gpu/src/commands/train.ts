import { writeFile } from 'node:fs/promises';
import type { StagesEvent } from '@residual/runs';
import type { EndEvent, StochasticAverage } from '@residual/trainer';
import { formatCount, formatDuration, formatInterval, formatLoss, formatShare } from '../format.js';
import { Interruption, stoppable } from '../interruption.js';
import { print, printJson, remark, shellQuote, whenOutputCloses } from '../output.js';
import { requireDrawing } from '../plot/place.js';
import { drawingIn } from '../plot/png.js';
import { conduct, type Outcome } from '../run/conduct.js';
import type { TestEvent } from '../run/eventLog.js';
import { createRunFolder, RunFolder } from '../run/folder.js';
import type { TrainOptions } from '../run/options.js';
import { planRun, type RunPlan } from '../run/plan.js';
import { planResume } from '../run/recordedPlan.js';
import { createView, type RunView } from '../view/view.js';

/** Trains a network into a new run folder, or goes on with the run of an old one. */
export async function train(options: TrainOptions, version: string): Promise<void> {
  const startedAt = performance.now();
  if (options.preview !== undefined) await requireDrawing(options.preview, '--preview');
  const view = createView(options.json);
  let hasBegun = false;
  const interruption = new Interruption(() => {
    view.close();
    remark(
      hasBegun
        ? 'Stopping: this step is finished and a checkpoint saved first. Once more stops at once.'
        : 'Stopping before the run begins. Once more stops at once.',
    );
  });
  whenOutputCloses((signal) => interruption.request(signal));

  const resumed = options.resume === undefined ? undefined : await RunFolder.open(options.resume, '--resume');
  // What is printed for a file is that and nothing else.
  const onProgress = options.printConfig ? undefined : view.loading;
  const loading = { onProgress, signal: interruption.signal };
  const plan = await stoppable(interruption.signal, () =>
    resumed ? planResume(resumed, options, version, loading) : planRun(options, version, loading),
  );
  view.close();
  try {
    if (resumed !== undefined && plan === undefined && !interruption.signal.aborted) {
      sayComplete(resumed, options.json);
    } else if (plan !== undefined && options.printConfig) {
      if (options.json) printJson(plan.settings);
      else print(JSON.stringify(plan.settings, null, 2));
      return;
    } else if (plan !== undefined && options.preview !== undefined && !interruption.signal.aborted) {
      return preview(plan, options.preview, options.json);
    } else if (plan === undefined || interruption.signal.aborted) {
      remark('Stopped before the run began.');
    } else {
      const folder =
        resumed ?? (await createRunFolder(options.out, plan.settings.training.recipe, new Date()));
      hasBegun = true;
      const { end, stages, test } = await showing(view, (show) =>
        conduct(plan, folder, { ...options, signal: interruption.signal, show }),
      );
      const isCompleted = end?.reason === 'completed';
      if (isCompleted && !options.json)
        sayDone(folder, { end, stages, test }, (performance.now() - startedAt) / 1000);
      if (isCompleted) return;
      remark(
        `Stopped after step ${end?.step ?? 0}. Go on with: residual train --resume ${shellQuote(folder.path)}`,
      );
    }
  } finally {
    await plan?.weights?.named.close();
  }
  process.exitCode = interruption.exitCode;
}

/** Draws what the network will get, and nothing else. */
async function preview({ settings, data }: RunPlan, file: string, json = false): Promise<void> {
  const { previewPng } = await import('../plot/preview.js');
  const { png, count } = await previewPng(settings, data);
  await writeFile(file, png);
  if (json) printJson({ type: 'preview', file, pictures: count });
  else print(`Drew ${count} training pictures as the network gets them: ${file}. Nothing was trained.`);
}

async function showing<T>(view: RunView, work: (show: RunView['show']) => Promise<T>): Promise<T> {
  try {
    return await work((event) => view.show(event));
  } finally {
    view.close();
  }
}

function sayComplete({ path }: RunFolder, json = false): void {
  if (json) printJson({ type: 'complete', folder: path });
  else
    print(
      `${path} is complete: there is nothing left to train. More epochs: --epochs N. Try: residual evaluate --run ${shellQuote(path)}`,
    );
}

function sayDone(
  folder: RunFolder,
  { end, stages, test }: Outcome & { end: EndEvent },
  seconds: number,
): void {
  const { history, best, stoppedAfter, swa } = end;
  const last = history.at(-1);
  print();
  const early = stoppedAfter === undefined ? '' : `, ${stoppedAfter} epochs after the best one: --patience`;
  print(`Done in ${formatDuration(seconds)}${early}.`);
  if (stages) print(validationLine(stages));
  else if (last?.validationAccuracy !== undefined && last.validationLoss !== undefined) {
    const bestText =
      best && best.epoch !== last.epoch
        ? `, best ${formatShare(best.validationAccuracy)} after epoch ${best.epoch}`
        : '';
    print(
      `Validation accuracy ${formatShare(last.validationAccuracy)}${bestText}; loss ${formatLoss(last.validationLoss)}.`,
    );
  }
  if (swa !== undefined) print(swaLine(swa));
  print(testLine(test));
  print(`Model:  ${folder.file('model.safetensors')}`);
  print(`Curves: ${drawingIn(folder, 'curves')}`);
  print(`Try:    residual predict PICTURE --run ${shellQuote(folder.path)}`);
}

/** Of the stage that was kept. */
function validationLine({ kept, ...stages }: StagesEvent): string {
  const figures = stages[kept];
  const whose = kept === 'full' ? 'all layers' : 'the head alone, which is the model';
  return `Validation accuracy ${formatShare(figures.accuracy)}, of ${whose}; loss ${formatLoss(figures.loss)}.`;
}

function swaLine({ epochs, validationAccuracy, validationLoss }: StochasticAverage): string {
  const judged =
    validationAccuracy === undefined || validationLoss === undefined
      ? ''
      : `: validation accuracy ${formatShare(validationAccuracy)}; loss ${formatLoss(validationLoss)}`;
  return `The model is the mean of the weights after the last ${epochs} epochs${judged}.`;
}

function testLine(test: TestEvent | undefined): string {
  if (test === undefined || test.accuracy === null) return 'Test accuracy: no test part.';
  const { accuracy, balancedAccuracy, interval, images } = test;
  return (
    `Test accuracy ${formatShare(accuracy)} (95 % confidence: ${formatInterval(interval!)}) ` +
    `of ${formatCount(images!)} images, judged once.\n` +
    `Balanced accuracy ${formatShare(balancedAccuracy!)}, the mean recall of the classes.`
  );
}
