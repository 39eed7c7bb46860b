import {
  joined,
  type LoadedData,
  limit as limitTo,
  type Part,
  type Pictures,
  type Split,
} from '@residual/data';
import { judge, type RunConfig, runParts } from '@residual/runs';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { CommandError } from '../error.js';
import { formatCount, formatInterval, formatLoss, formatShare } from '../format.js';
import { importForRun } from '../imports.js';
import { fitOf, loadPictures, sourceNamed } from '../named.js';
import { print, printJson, shellQuote, warn } from '../output.js';
import { addJudgement } from '../run/judgements.js';
import { loadModel } from '../run/modelFile.js';
import { openRun } from '../run/settings.js';

export interface EvaluateOptions extends BackendOptions {
  run?: string;
  import?: string[];
  data?: string;
  part: Part;
  limit?: number;
  json?: boolean;
}

/** Prints the loss and the accuracy of a run's model on one part of its images, or on others. */
export async function evaluate({
  run,
  data,
  part,
  limit,
  import: files,
  json,
  ...device
}: EvaluateOptions): Promise<void> {
  checkBackend(device.backend);
  const { folder, settings } = await openRun(run);
  const { task, environment } = settings;
  await importForRun(environment.imports, files, `residual evaluate --run ${shellQuote(folder.path)}`);
  const source = data === undefined ? environment.data : await sourceNamed(data);
  const split = await folder.readSplit();
  const loaded = await loadPictures(source, `${folder.file('config.json')}: environment.data`, {
    ...fitOf(task),
    split,
    onRemark: warn,
  });
  const isOther = data !== undefined && !isSameData(loaded, task, split);
  const judged = picturesOf(part, loaded, settings, isOther);
  requireClasses(judged, task);
  const { name: backend } = await startBackend(device);
  const { model, file } = await loadModel(folder, settings);
  const pictures = limit === undefined ? judged : limitTo(judged, limit);
  const judgement = await judge(model, pictures, settings);
  const { loss, accuracy, interval, count } = judgement;
  const number =
    part === 'test' && !isOther
      ? addJudgement(folder, { by: 'evaluate', name: judged.name, ...judgement })
      : undefined;
  if (json)
    return printJson({
      model: file,
      images: count,
      part,
      loss,
      accuracy,
      interval,
      judgement: number,
      backend,
    });
  print(`model     ${file}`);
  print(`images    ${formatCount(count)} of ${judged.name}`);
  print(`loss      ${formatLoss(loss)}`);
  print(`accuracy  ${formatShare(accuracy)} (95 % confidence: ${formatInterval(interval)})`);
  if (number !== undefined) print(`judgement ${number} of the test part of this run`);
}

/** Pictures of one part, as the run had it; of other pictures that come in no parts, all. */
function picturesOf(part: Part, loaded: LoadedData, settings: RunConfig, isOther: boolean): Pictures {
  if (isOther && loaded.split !== undefined) return joined(loaded);
  const { [part]: found } = isOther || part === 'test' ? loaded : runParts(settings, loaded);
  if (found !== undefined) return found;
  throw new CommandError('USAGE', {
    where: '--part',
    expected: 'a part that there are pictures of',
    received: `${part}: ${loaded.task.data.name} has no ${part} part`,
    fix: `Judge by another part, such as --part ${loaded.validation === undefined ? 'train' : 'validation'}.`,
  });
}

/** Whether they are the run's pictures, wherever they lie now. */
function isSameData(
  { task, split }: LoadedData,
  { data }: RunConfig['task'],
  ofRun: Split | undefined,
): boolean {
  if (split !== undefined && split === ofRun) return true;
  return task.data.name === data.name && task.data.sha256 === data.sha256;
}

/** Other pictures may name their classes otherwise, or not at all: what counts is that the network has all of them. */
function requireClasses({ name, classNames }: Pictures, task: RunConfig['task']): void {
  if (classNames.length <= task.classNames.length) return;
  throw new CommandError('USAGE', {
    where: name,
    expected: `pictures of at most the ${task.classNames.length} classes that the network tells apart`,
    received: `${classNames.length} classes`,
    fix: 'Evaluate it on pictures of the kind that it learnt.',
  });
}
