import {
  limit as limitTo,
  type MatchedPictures,
  matchClasses,
  type Part,
  type Pictures,
  type Task,
} from '@residual/data';
import { mirrors } from '@residual/pictures';
import { batchesOf, type Judgement, judgementOf, taskInput } from '@residual/runs';
import { predictions } from '@residual/trainer';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { formatCount, formatInterval, formatLoss, formatShare, listed } from '../format.js';
import { print, printJson, shellQuote, warn } from '../output.js';
import { loadJudged } from '../run/judgedPart.js';
import { addJudgement } from '../run/judgements.js';
import { loadModel } from '../run/modelFile.js';
import { openRun } from '../run/settings.js';
import { withViews } from '../run/testTimeAugmentation.js';
import type { Tta } from '../sharedOptions.js';
import { figuresOf, printFigures } from './figures.js';

export interface EvaluateOptions extends BackendOptions {
  run?: string;
  import?: string[];
  data?: string;
  part: Part;
  limit?: number;
  /** Of the best epoch, by validation, in place of the last. */
  best?: boolean;
  /** Judge by several views of each image too. */
  tta?: Tta;
  json?: boolean;
}

/** Prints how a run's model does on one part of its images, or on others, as a whole and class by class. */
export async function evaluate({
  run,
  data,
  part,
  limit,
  best,
  tta,
  import: files,
  json,
  ...device
}: EvaluateOptions): Promise<void> {
  checkBackend(device.backend);
  const { folder, settings } = await openRun(run);
  const { task, training } = settings;
  const again = `residual evaluate --run ${shellQuote(folder.path)}`;
  const judged = await loadJudged(part, { folder, settings }, { data, import: files, again });
  const matched = matchClasses(judged.pictures, task.classNames);
  if (data !== undefined) warnOfClasses(matched);
  const { name: backend } = await startBackend(device);
  const { model, file } = await loadModel(folder, settings, { best });
  const views = tta && withViews(tta, model, task); // before anything is judged
  const pictures = limit === undefined ? matched.pictures : limitTo(matched.pictures, limit);
  const seenBy = (of: Task) => {
    const input = taskInput(of);
    return [batchesOf(pictures, input, { batchSize: training.batchSize }), input.prepare] as const;
  };
  const seen = seenBy(task);
  // Figures of the model and the pictures alone: another batch size gives the same bits.
  const answers = await predictions(model, ...seen);
  const figures = figuresOf(answers, task.classNames);
  const result = judgementOf(answers);
  const { interval } = result;
  const { name } = judged.pictures;
  let judgement = judged.isOwnTest && addJudgement(folder, { by: 'evaluate', name, ...result });
  let withTta: (Omit<Judgement, 'count'> & { name: Tta }) | undefined;
  if (tta && views) {
    if (tta === 'mirror' && !training.augment.some(mirrors)) warn(UNMIRRORED);
    const seenAgain = views.task === task ? seen : seenBy(views.task);
    const { count, ...figures } = judgementOf(await predictions(views.model, ...seenAgain));
    withTta = { name: tta, ...figures };
    if (judged.isOwnTest) judgement = addJudgement(folder, { by: 'evaluate', tta, name, count, ...figures });
  }
  if (json) {
    const { missing, unknown } = matched;
    return printJson({
      model: file,
      part,
      ...figures,
      interval,
      ...(withTta && { tta: withTta }),
      ...(judgement && { judgement }),
      ...(data !== undefined && { missing, unknown }),
      backend,
    });
  }
  print(`model     ${file}`);
  print(`images    ${formatCount(figures.images)} of ${name}`);
  printFigures(figures, interval);
  if (withTta) print(`\n${ttaText(withTta)}`);
  if (judgement) print(`\njudgement ${judgement} of the test part of this run`);
}

const UNMIRRORED =
  'The run was trained without mirror images: of letters, arrows or hands they show something else, and --tta mirror does harm.';

function ttaText({
  name,
  accuracy,
  interval,
  loss,
  balancedAccuracy,
}: Omit<Judgement, 'count'> & { name: string }): string {
  return (
    `--tta ${name}: accuracy ${formatShare(accuracy)} (95 % confidence: ${formatInterval(interval)}), ` +
    `balanced ${formatShare(balancedAccuracy)}, loss ${formatLoss(loss)}`
  );
}

/** What of other pictures' classes isn't the network's, and the other way round. */
function warnOfClasses({ missing, unknown }: MatchedPictures<Pictures>): void {
  if (unknown.length > 0) {
    const some = unknown.map(({ className, count }) => `${className} (${formatCount(count)})`);
    warn(`Left out, as the network doesn't know their classes: ${listed(some, NAMED)}.`);
  }
  if (missing.length > 0) warn(`There is no picture of ${listed(missing, NAMED)}, which the network knows.`);
}

/** How many classes are named. */
const NAMED = 8;
