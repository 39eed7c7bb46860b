import { cp } from 'node:fs/promises';
import { type HandedOver, scaleOut as handOver } from '@residual/torchrun';
import { CommandError } from '../error.js';
import { exists } from '../exists.js';
import { formatCount, formatLoss } from '../format.js';
import { Interruption, stoppable } from '../interruption.js';
import { print, printJson, remark, shellQuote, warn } from '../output.js';
import { checkUnused, RunFolder } from '../run/folder.js';
import type { TrainOptions } from '../run/options.js';
import type { RunPlan } from '../run/plan.js';
import { planResume } from '../run/recordedPlan.js';
import { createView } from '../view/view.js';

export interface ScaleOutOptions
  extends Pick<TrainOptions, 'backend' | 'epochs' | 'data' | 'pack' | 'import' | 'json'> {
  to: string;
  /** Where the pictures lie where the run goes on. */
  dataAt?: string;
}

/** Writes a run into a folder in which PyTorch goes on with it, on as many devices as are there. */
export async function scaleOut(run: string, options: ScaleOutOptions, version: string): Promise<void> {
  const { to, dataAt, json = false, ...others } = options;
  const folder = await RunFolder.open(run, 'RUN');
  await checkUnused(to, '--to');
  const view = createView(json);
  const interruption = new Interruption(() => remark('Stopping.'));
  const loading = { onProgress: view.loading, signal: interruption.signal };
  const plan = await stoppable(interruption.signal, () =>
    planResume(folder, { ...others, resume: run }, version, loading),
  );
  view.close();
  if (interruption.signal.aborted) {
    process.exitCode = interruption.exitCode;
    return;
  }
  if (plan === undefined) throw isOver(folder);
  try {
    for (const message of plan.warnings) warn(message);
    const { environment: _, ...config } = plan.settings;
    const { data, weights } = plan;
    const handedOver = await handOver({ config, data, weights, checkpoints: folder.checkpoints, to, dataAt });
    await copyRun(folder, new RunFolder(to), plan);
    if (json) return printJson({ to, ...handedOver });
    say(to, handedOver, config.training.epochs);
  } finally {
    await plan.weights?.named.close();
  }
}

/** What a run folder has beside its checkpoints; `config.json` last, which makes it one. */
async function copyRun(from: RunFolder, to: RunFolder, { settings, data }: RunPlan): Promise<void> {
  for (const name of ['history.json', 'events.jsonl', 'judgements.jsonl']) {
    if (await exists(from.file(name))) await cp(from.file(name), to.file(name));
  }
  if (data.split !== undefined) await to.writeSplit(data.split);
  await to.writeConfig(settings);
}

function say(to: string, { position, next, data }: HandedOver, epochs: number): void {
  const { step, epoch } = position;
  print(`position    after step ${formatCount(step)}, in epoch ${Math.min(epoch, epochs)} of ${epochs}`);
  if (next !== null) print(`next loss   ${formatLoss(next.loss)} by ${next.backend}, which --check compares`);
  const { files, at, shards } = data;
  print(
    shards === undefined
      ? `pictures    ${Object.keys(files).length} files in ${at}`
      : `pictures    in ${formatCount(shards.files.length)} shards in ${shards.at}, where they stay`,
  );
  print(`wrote       ${to}, whose README.md says what to do with it`);
  print(`Back here:  residual train --resume ${shellQuote(to)}`);
}

function isOver({ path }: RunFolder): CommandError {
  return new CommandError('USAGE', {
    where: path,
    expected: 'a run with steps left',
    received: 'one that is complete',
    fix: `Give it more with --epochs, or begin another with its weights: residual train --weights ${shellQuote(path)}.`,
  });
}
