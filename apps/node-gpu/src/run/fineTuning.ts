import { fineTuning, fitForWeights } from '@residual/recipes';
import { fitNetwork, type Run, type RunConfig, type StagesEvent, type StartingWeights } from '@residual/runs';
import { describeLoad, requireWhole } from '@residual/weights';
import { CommandError } from '../error.js';
import { formatCount, formatInterval, formatLoss, formatShare } from '../format.js';
import { type OpenedStart, openPlace, openStart, requireIdentity } from '../weights/start.js';
import type { ConfigFile } from './configFile.js';
import type { TrainOptions } from './options.js';
import type { RecipeChoice } from './recipeChoice.js';

/**
 * The weights that a new run begins with: those of `--weights`, else of the file of `--config`.
 *
 * @returns undefined for a network that begins from nothing
 * @throws CommandError `USAGE` when the file names others, or none that can be found; what `openStart` throws.
 */
export async function startOf(
  file: ConfigFile,
  options: TrainOptions,
  signal?: AbortSignal,
): Promise<OpenedStart | undefined> {
  const { weights, model, stages, config = '' } = options;
  const { weights: recorded } = file.training;
  if (weights === undefined && (recorded ?? undefined) === undefined) {
    if (stages === undefined) return undefined;
    throw new CommandError('USAGE', {
      where: '--stages',
      expected: '--weights beside it',
      received: 'none',
      fix: 'A network that begins from nothing is trained whole: leave --stages out.',
    });
  }
  if (weights === undefined && file.weights === undefined) {
    throw new CommandError('USAGE', {
      where: `${config}: training.weights`,
      expected: '--weights beside it, or environment.weights, which say where they lie',
      received: 'neither',
      fix: 'Name the file by --weights, or leave training.weights out.',
    });
  }
  const start =
    weights === undefined
      ? await openPlace({ ...file.weights!, ...(model !== undefined && { model }) }, signal)
      : await openStart(weights, model, signal);
  try {
    if (recorded) requireIdentity(start, recorded, config);
  } catch (error) {
    await start.named.close();
    throw error;
  }
  return start;
}

/** The same choice for a network that has learnt already. */
export function tunedChoice(
  choice: RecipeChoice,
  { name, named: { model, task } }: OpenedStart,
  { size, crop, stages }: TrainOptions,
  file: ConfigFile,
): RecipeChoice {
  const known = { name, model, ...(task && { task }) };
  const fit: RecipeChoice['fit'] = (survey) => {
    const own = choice.fit?.(survey); // also where the weights say it: by this the recipe is chosen
    return file.task ?? fitForWeights(task, survey, { size, crop }) ?? own!;
  };
  return {
    ...((choice.fit ?? task) && { fit }),
    for: (data) =>
      fineTuning(
        choice.for(data),
        known,
        fitForWeights(task, data.task.picture, { size, crop }),
        stages ?? file.training.stages,
      ),
  };
}

/**
 * What a run's weights come to in its network, on one screen.
 *
 * @throws CommandError `USAGE` when the configuration names another network; WeightsError `MISMATCH` when they don't fit.
 */
export function describeStart({ task, training }: RunConfig, start: OpenedStart): string[] {
  const { file, named } = start;
  if (training.model.name !== named.model.name) {
    throw new CommandError('USAGE', {
      where: 'training.model',
      expected: `${named.model.name}, which the weights are of`,
      received: training.model.name,
      fix: 'Leave the network out: it comes from the weights.',
    });
  }
  const weights = training.weights!;
  const network = {
    model: training.model,
    channels: task.picture.channels,
    numClasses: task.classNames.length,
  };
  const { report } = fitNetwork(file, network, { adaptStem: true, newHead: weights.newHead });
  requireWhole(report);
  const head = weights.newHead
    ? 'a new head for these classes'
    : 'their head too, which is for these classes';
  return [`${identityText(weights)}; ${head}`, ...describeLoad(report)];
}

/** Which weights a run began with, in words. */
export function identityText({ name, sha256 }: StartingWeights): string {
  return `${name}, SHA-256 ${sha256.slice(0, 16)}...`;
}

/** What of a run's pictures is kept in memory where the trunk is frozen, in words. */
export function frozenText({ count, width, weightDecay }: NonNullable<Run['frozen']>): string {
  const megabytes = ((count * width * 4) / 1e6).toFixed(1);
  const decay =
    weightDecay === undefined ? 'as the optimizer has it' : `${weightDecay}, which did best in validation`;
  return `trunk frozen: ${formatCount(count)} pictures x ${formatCount(width)} features, ${megabytes} MB; weight decay ${decay}`;
}

/** What a run in two stages decided, in words. */
export function stagesText(event: StagesEvent): string[] {
  const { kept, decidedBy, frozen, full, count, onlyFrozen, onlyFull, difference, interval, p } = event;
  const figures = ({ accuracy, loss }: StagesEvent['full']) =>
    `${formatShare(accuracy)}, loss ${formatLoss(loss)}`;
  const better = kept === 'full' ? 'all layers' : 'the head alone';
  const why =
    decidedBy === 'accuracy'
      ? 'more right answers than chance gives'
      : 'the smaller loss, as the difference in right answers may be chance';
  return [
    `all layers ${figures(full)}; the head alone ${figures(frozen)}; of ${formatCount(count)} images to validate with`,
    `difference ${formatShare(difference)} (95 % confidence: ${formatInterval(interval)}); right by one alone ${formatCount(onlyFull)} and ${formatCount(onlyFrozen)}, McNemar p ${formatLoss(p)}`,
    `kept: ${better}, for ${why}`,
  ];
}
